"""Whom to inquire: frozen by one person, approved by another, and nothing else goes out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.domain.linkage.browsing import browser_of
from tests.domain.linkage.world import AFTER_MOVING, YEAR, World, approve_all, child, father, mother, person
from tests.support.stale import ways_to_go_stale


def _propose() -> Any:
    from domain.linkage.services import propose_targets

    listed = propose_targets(YEAR, person("proposer"))
    assert listed is not None
    return listed


def _approve(listed: Any, who: str = "second") -> int:
    from domain.linkage.services import approve_targets

    return approve_targets(listed, person(who), listed.digest)


def _rule(kind: str, **more: Any) -> Any:
    from django.utils import timezone

    from domain.linkage.models import ItemRule
    from domain.linkage.services import add_rule

    return add_rule(
        person("approver"), ItemRule(kind=kind, starts_on=timezone.localdate(), notice="サンプル通知 第1号", **more)
    )


def test_nothing_is_sent_before_a_second_person_approved(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry

    world.household(father(), child())
    link = start("nara")
    link.register()
    listed = _propose()
    assert link.inquire().state == "succeeded"
    assert set(Inquiry.objects.values_list("state", flat=True)) == {"waiting"}
    assert not Inquiry.objects.exclude(batch=None).exists()
    assert _approve(listed) == listed.size == 3
    link.inquire()
    assert set(Inquiry.objects.values_list("state", flat=True)) == {"answered"}


def test_the_database_itself_refuses_to_send_what_nobody_approved(world: World) -> None:
    from django.db import DatabaseError, transaction

    from domain.linkage.exchange import batches
    from domain.linkage.models import Batch, Inquiry
    from integrations.atena_adapters.port import Operator

    world.household(father(), child())
    _propose()
    batch = batches.create(Batch.Kind.INQUIRE, fiscal_year=YEAR, adapter_version=1, operator=Operator(), size=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Inquiry.objects.update(batch=batch)


def test_nobody_approves_a_list_that_waited_too_long_or_whose_proposer_is_gone(world: World) -> None:
    from domain.linkage.errors import TargetsRefused
    from domain.linkage.services import propose_targets

    world.household(father(), child())
    listed = _propose()
    for words in ways_to_go_stale(person("proposer")):
        with pytest.raises(TargetsRefused, match=words):
            _approve(listed)
        again = propose_targets(YEAR, person("proposer-2"))
        assert again is not None
        assert (type(again).objects.get(pk=listed.pk).state, again.state) == ("withdrawn", "proposed")
    person("proposer").role_assignments.update(school_code="S01")
    with pytest.raises(TargetsRefused, match="の権限がない"):
        _approve(listed)
    page = browser_of("approver", "APPROVER").get(f"/linkage/targets/{listed.pk}/").content.decode()
    assert "必要なら、一覧を作り直してください" in page
    assert "照会を承認する" not in page
    person("proposer").role_assignments.update(school_code="")
    assert _approve(listed) == listed.size


def test_nobody_approves_the_own_list(world: World) -> None:
    from domain.linkage.errors import TargetsRefused

    world.household(father(), child())
    listed = _propose()
    with pytest.raises(TargetsRefused, match="自分が作った一覧"):
        _approve(listed, "proposer")
    _approve(listed)
    with pytest.raises(TargetsRefused, match="承認済"):
        _approve(listed, "third")


def test_a_frozen_list_cannot_be_altered(world: World) -> None:
    from django.db import DatabaseError, transaction

    from domain.linkage.models import TargetLine, TargetList

    world.household(father(), child())
    listed = _propose()
    member = listed.lines.first().member_id

    def late() -> None:
        TargetLine.objects.create(listed=listed, member_id=member, kind="welfare", base_address="")

    attempts: list[Callable[[], Any]] = [
        lambda: listed.lines.update(base_address="よそ"),
        lambda: listed.lines.filter(kind="tax")._raw_delete("default"),
        lambda: TargetList.objects.update(digest="sha256:0"),
        lambda: TargetList.objects.update(size=1),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    _approve(listed)
    for attempt in [*attempts, late, lambda: TargetList.objects.update(state="proposed", approved_by=None)]:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_a_line_slipped_in_before_the_approval_is_noticed(world: World) -> None:
    from domain.linkage.errors import TargetsRefused
    from domain.linkage.models import TargetLine

    household = world.household(father(), child())
    listed = _propose()
    TargetLine.objects.create(
        listed=listed, member=household.members.get(key="03"), kind="welfare", base_date=date(2024, 12, 31)
    )
    with pytest.raises(TargetsRefused, match="確かめたものと違います"):
        _approve(listed)


def test_what_changed_after_the_freezing_is_left_for_the_next_list(world: World) -> None:
    moved, stayed = world.household(father(), child()), world.household(mother(), child())
    listed = _propose()
    moved.year_end_address = AFTER_MOVING
    moved.save()
    from domain.linkage.services import plan_inquiries

    plan_inquiries(YEAR)
    assert _approve(listed) == 3
    second = _propose()
    assert {line.member.household_id for line in second.lines.filter(spared="")} == {moved.pk}
    assert stayed.pk not in {line.member.household_id for line in second.lines.filter(spared="")}


def test_an_approved_line_that_moves_needs_a_new_approval(world: World) -> None:
    from domain.linkage.models import Inquiry
    from domain.linkage.services import plan_inquiries

    household = world.household(father(), child())
    approve_all()
    assert not Inquiry.objects.filter(approved_list=None).exists()
    household.year_end_address = AFTER_MOVING
    household.save()
    plan_inquiries(YEAR)
    assert not Inquiry.objects.exclude(approved_list=None).exists()


def test_one_list_waits_at_a_time_and_can_be_taken_back(world: World) -> None:
    from domain.linkage.errors import TargetsRefused
    from domain.linkage.services import withdraw_targets

    world.household(father(), child())
    listed = _propose()
    with pytest.raises(TargetsRefused, match="承認を待つ"):
        _propose()
    with pytest.raises(TargetsRefused, match="理由"):
        withdraw_targets(listed, person("second"), " ")
    withdraw_targets(listed, person("second"), "対象が違う")
    listed.refresh_from_db()
    assert listed.state == "withdrawn"
    assert _propose().number == listed.number + 1


def test_the_trail_holds_the_same_digest_when_frozen_approved_and_sent(world: World, start: Any) -> None:
    from tests.support.outbox import outbox

    world.household(father(), child())
    link = start("nara")
    link.register()
    listed = approve_all()
    link.inquire()
    found = {event.event: event.detail for event in outbox.filter(event__startswith="linkage:")}
    assert found["linkage:targets:proposed"]["digest"] == listed.digest
    assert found["linkage:targets:approved"]["digest"] == listed.digest
    assert found["linkage:inquiry:sent"]["approved"] == [f"{listed.number} {listed.digest}"]


def test_who_is_not_asked_stands_in_the_list_with_the_reason(world: World) -> None:
    world.household(father(), mother(), child(), decline="partial")
    listed = _propose()
    spared = set(listed.lines.exclude(spared="").values_list("member__key", "kind", "spared"))
    assert spared == {(key, "tax", "一部辞退（税情報は不要）") for key in ("01", "02", "03")}
    assert listed.size == 3
    assert "番号法19条8号" in listed.bases["tax"]


def test_without_consent_nobody_is_asked_and_it_is_said(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry
    from domain.linkage.services import give_consent, plan_inquiries, withdraw_consent

    household = world.household(father(), mother(), child())
    _rule("tax", needs_consent=True)
    plan = plan_inquiries(YEAR)
    assert plan.waiting == {"resident": 3}
    assert plan.not_needed["同意がありません"] == 2
    one, other = household.members.get(key="01"), household.members.get(key="02")
    from django.utils.timezone import localdate

    today = localdate()
    first = give_consent(person("clerk"), one, "tax", today, "同意書 1")
    second = give_consent(person("clerk"), other, "tax", today, "同意書 2")
    link = start("nara")
    link.register()
    approve_all()
    withdraw_consent(second, today)
    link.inquire()
    assert dict(Inquiry.objects.filter(kind="tax").values_list("member__key", "state")) == {
        "01": "answered",
        "02": "waiting",
    }
    assert first.evidence == "同意書 1"


def test_a_consent_needs_a_day_that_was_and_evidence_and_is_given_once(world: World) -> None:
    from domain.linkage.errors import ItemRefused
    from domain.linkage.services import give_consent

    member = world.household(father(), child()).members.get(key="01")
    from django.utils.timezone import localdate

    today = localdate()
    for day, evidence, said in [(today + timedelta(days=2), "同意書", "今日以前"), (today, " ", "書類")]:
        with pytest.raises(ItemRefused, match=said):
            give_consent(person("clerk"), member, "tax", day, evidence)
    give_consent(person("clerk"), member, "tax", today, "同意書")
    with pytest.raises(ItemRefused, match="登録済み"):
        give_consent(person("clerk"), member, "tax", today, "同意書")


def test_an_item_suspended_by_notice_is_not_sent_although_it_was_approved(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry

    world.household(father(), child())
    link = start("nara")
    link.register()
    approve_all()
    _rule("tax", asked=False)
    link.inquire()
    assert dict(Inquiry.objects.filter(member__key="01").values_list("kind", "state")) == {
        "resident": "answered",
        "tax": "waiting",
    }


def test_a_rule_never_begins_in_the_past_and_never_changes(world: World) -> None:
    from django.db import DatabaseError, transaction

    from domain.linkage.errors import ItemRefused
    from domain.linkage.models import ItemRule
    from domain.linkage.services import add_rule

    with pytest.raises(ItemRefused, match="今日以後"):
        add_rule(person("approver"), ItemRule(kind="tax", starts_on=date(2025, 1, 1), notice="通知"))
    _rule("tax", asked=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        ItemRule.objects.update(asked=True)


@pytest.mark.parametrize(
    ("day", "part"),
    [(date(2015, 10, 4), ""), (date(2024, 5, 26), "別表第二 37の項"), (date(2024, 5, 27), "別表 38の項")],
)
def test_the_legal_basis_is_that_of_the_day(in_a: Any, day: date, part: str) -> None:
    from domain.linkage.items import items_on, legal_basis

    assert part in legal_basis(YEAR, day)
    assert bool(legal_basis(YEAR, day, "provision")) is bool(part)
    assert all(item.asked is bool(part) for item in items_on(YEAR, day).values())
