"""漏えい等事案: what a grave verdict begins, the order of the two reports, and their pages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit.review.conftest import World, text_of
from tests.audit.review.test_loop import events, take

REASON = "委員会のフォームから報告し、受付番号を控えた。"


def judged(world: World, verdict: str = "misuse") -> Any:
    from audit.review import services
    from audit.review.models import Alert, Incident

    alert = world.night(world.clerk)
    take(alert, world, "confirm", "notify", "ask", "answer")
    services.judge(alert.pk, world.manager, Alert.Verdict(verdict), "操作の記録と説明を照らし合わせた。")
    return Incident.objects.get(alert=alert)


def test_a_grave_verdict_ends_the_handling_of_numbers(world: World) -> None:
    from accounts.models import RoleAssignment
    from accounts.roles import Role
    from accounts.services import assign_role

    assign_role(world.clerk, Role.NUMBER_HANDLER, training_on=date(2026, 10, 1), starts_on=date(2026, 10, 1))
    incident = judged(world)
    assert not RoleAssignment.objects.filter(user=world.clerk, role=Role.NUMBER_HANDLER, ends_on=None).exists()
    assert "個人番号取扱者の役割を止めました" in incident.steps.get().text
    assert len(events("incident:record:opened")) == len(events("incident:numbers:frozen")) == 1


def test_two_reports_in_their_order(world: World) -> None:
    from audit.review.errors import DayUnfit, MoveRefused, TextUnfit
    from audit.review.incidents import acts

    incident = judged(world)
    with pytest.raises(MoveRefused):
        acts.report_final(incident.pk, world.manager, date(2026, 11, 24), REASON)
    for day in (date(2026, 11, 23), date(2026, 11, 25)):
        with pytest.raises(DayUnfit):
            acts.report_preliminary(incident.pk, world.manager, day, REASON)
    with pytest.raises(TextUnfit):
        acts.report_preliminary(incident.pk, world.manager, date(2026, 11, 24), "した")
    acts.report_preliminary(incident.pk, world.manager, date(2026, 11, 24), REASON)
    with pytest.raises(MoveRefused):
        acts.waive(incident.pk, world.manager, REASON)
    world.clock.put("2026-12-10T10:00")
    assert acts.report_final(incident.pk, world.manager, date(2026, 12, 9), REASON).state == "final"
    assert [step.to_state for step in incident.steps.all()] == ["open", "preliminary", "final"]


def test_a_feared_purpose_gives_sixty_days(world: World) -> None:
    from audit.review.incidents import acts
    from audit.review.incidents.clocks import next_due

    incident = judged(world)
    assert next_due(incident) == date(2026, 11, 28)
    incident = acts.report_preliminary(incident.pk, world.manager, date(2026, 11, 24), REASON)
    assert next_due(incident) == date(2026, 12, 23)
    assert next_due(acts.mark_purpose(incident.pk, world.manager, True, REASON)) == date(2027, 1, 22)


def test_the_person_and_who_may_not_judge_are_refused(world: World) -> None:
    from accounts.errors import PermissionRefused, SamePerson
    from accounts.roles import Role
    from accounts.services import assign_role
    from audit.review.incidents import acts

    incident = judged(world)
    with pytest.raises(PermissionRefused):
        acts.waive(incident.pk, world.monitor, REASON)
    assign_role(world.clerk, Role.SECURITY_MANAGER)
    with pytest.raises(SamePerson):
        acts.waive(incident.pk, world.clerk, REASON)


@pytest.fixture
def one(world: World) -> Any:
    return judged(world), world.manager


def test_whatever_is_tried_a_final_report_follows_a_preliminary_one(one: Any) -> None:
    """The state machine under random acts: only the ways of the table, and the database's own order of the reports."""
    from django.db import transaction

    from audit.review.errors import MoveRefused
    from audit.review.incidents import acts
    from audit.review.incidents.moves import WAYS, Move

    incident, manager = one
    day = date(2026, 11, 24)
    tried = {
        Move.PRELIMINARY: lambda: acts.report_preliminary(incident.pk, manager, day, REASON),
        Move.FINAL: lambda: acts.report_final(incident.pk, manager, day, REASON),
        Move.WAIVE: lambda: acts.waive(incident.pk, manager, REASON),
        Move.MARK: lambda: acts.mark_purpose(incident.pk, manager, True, REASON),
    }

    @settings(deadline=None, max_examples=40)
    @given(st.lists(st.sampled_from(list(Move)), max_size=8))
    def walk(moves: list[Move]) -> None:
        with transaction.atomic():
            incident.refresh_from_db()
            for move in moves:
                before = incident.state
                try:
                    after = tried[move]().state
                except MoveRefused:
                    assert before not in WAYS[move].sources
                    continue
                assert before in WAYS[move].sources
                assert after == (WAYS[move].target or before)
                incident.state = after
            transaction.set_rollback(True)

    walk()


def test_pages_show_the_days_left_and_take_a_report(office: World) -> None:
    incident = judged(office)
    manager = office.browser(office.manager)
    listed = text_of(manager.get("/review/incidents/"))
    assert "1件が対応中です" in listed
    assert "あと4日" in listed
    page = text_of(manager.get(f"/review/incidents/{incident.pk}/"))
    assert "速報を" in page
    today = office.back
    told = {"on": f"R{today.year - 2018}.{today.month}.{today.day}", "text": REASON}
    wrong = manager.post(f"/review/incidents/{incident.pk}/preliminary/", told | {"text": "短い"})
    assert wrong.status_code == 400
    assert "10文字以上" in text_of(wrong)
    done = manager.post(f"/review/incidents/{incident.pk}/preliminary/", told)
    assert done.status_code == 302
    incident.refresh_from_db()
    assert (incident.state, incident.preliminary_on) == ("preliminary", today)
    monitor = office.browser(office.monitor)
    assert "役割の人が行います" in text_of(monitor.get(f"/review/incidents/{incident.pk}/"))
    assert monitor.post(f"/review/incidents/{incident.pk}/final/", told).status_code == 403
    assert manager.get("/review/incidents/999999/").status_code == 404
