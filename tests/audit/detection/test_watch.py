"""Log-ins through the pages at given moments, and what the watch makes of them."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.audit.detection.conftest import tokyo
from tests.platform.accounts.sign_in import client_of, make_person, sign_in

NIGHT = "2026-11-20T23:41"  # a Friday


@pytest.fixture
def clerk(hours: Any) -> Any:
    from accounts.roles import Role

    return make_person("night-clerk", (Role.SCHOOL_CLERK, "S01"))


def log_in(person: Any) -> None:
    sign_in(client_of("kou.localhost"), person)


def alerts() -> list[Any]:
    from audit.review.models import Alert

    return list(Alert.objects.all())


def events(name: str) -> list[Any]:
    from tests.support.outbox import outbox

    return list(outbox.filter(event=name))


def test_a_log_in_at_night_raises_exactly_one_alert(at: Any, clerk: Any) -> None:
    now = at(NIGHT)
    log_in(clerk)
    (alert,) = alerts()
    assert alert.sentence == "23:41に利用時間外のログイン。利用時間は平日7:00〜21:00。時間外利用届なし。"
    assert (alert.username, alert.occurred_at, alert.state) == ("night-clerk", now, "raised")
    assert alert.session == str(clerk.session_records.get().pk)
    assert alert.due_at == tokyo("2026-11-25T07:00")  # Monday is 勤労感謝の日
    (step,) = alert.steps.all()
    assert (step.by, step.to_state, step.due_at) == ("システム", "raised", alert.due_at)
    (event,) = events("alert:record:raised")
    assert event.actor_kind == "system"
    assert {"kind": "alert", "id": str(alert.pk)} in event.subjects
    assert {"kind": "user", "id": str(clerk.pk)} in event.subjects


def test_a_log_in_in_the_hours_raises_none(at: Any, clerk: Any) -> None:
    at("2026-11-20T10:00")
    log_in(clerk)
    assert alerts() == []
    assert events("session:login:succeeded")


@pytest.mark.parametrize("moment", ["2026-11-03T10:00", "2026-11-21T10:00", "2026-12-30T10:00"])
def test_a_log_in_on_a_day_off_raises_one(at: Any, clerk: Any, moment: str) -> None:
    at(moment)
    log_in(clerk)
    (alert,) = alerts()
    assert alert.sentence.startswith("休日（")


def test_the_prefectures_own_day_off(at: Any, clerk: Any) -> None:
    from audit.detection.models import DayOff

    DayOff.objects.create(day="2026-11-20", name="開庁記念日", created_by="見本")
    at("2026-11-20T10:00")
    log_in(clerk)
    assert alerts()[0].sentence.startswith("休日（開庁記念日）の10:00に")


def test_a_notice_of_another_person_mutes_it_for_its_time_and_its_person(at: Any, clerk: Any) -> None:
    from accounts.roles import Role
    from audit.detection.services import notify_overtime, withdraw_notice

    at("2026-11-20T16:00")
    approver = make_person("chief", Role.APPROVER)
    notice = notify_overtime(clerk, tokyo("2026-11-20T21:00"), tokyo("2026-11-21T00:00"), "年末の進達", approver)
    at(NIGHT)
    log_in(clerk)
    assert alerts() == []
    log_in(approver)
    assert [alert.username for alert in alerts()] == ["chief"]
    withdraw_notice(notice, approver)
    log_in(clerk)
    assert {alert.username for alert in alerts()} == {"chief", "night-clerk"}


def test_without_hours_it_cannot_be_judged_and_that_is_kept(at: Any, clerk: Any) -> None:
    from audit.detection.models import ServiceHours, Unevaluated

    ServiceHours.objects.all().delete()
    at(NIGHT)
    log_in(clerk)
    assert alerts() == []
    (row,) = Unevaluated.objects.filter(rule="outside_hours")
    assert (row.username, row.has_failed) == ("night-clerk", False)
    assert "利用時間が登録されていない" in row.reason


def reveal(person: Any, session: str, moment: Any, subject: str = "member:1") -> None:
    from django.db import transaction

    from accounts.hooks import RevealSeen, on_reveal

    with transaction.atomic():
        on_reveal.announce(RevealSeen(person.pk, session, moment, subject, "就学奨励費", "R07-0001"))


def test_numbers_shown_outside_hours_are_one_alert_a_session(at: Any, clerk: Any) -> None:
    session = "0b9f3c1e-5a76-4d8e-9f20-6d2f5f0a1b2c"
    night = tokyo("2026-11-20T21:10")
    reveal(clerk, session, tokyo("2026-11-20T20:50"))
    assert alerts() == []
    for minute in range(3):
        reveal(clerk, session, night + timedelta(minutes=minute), f"member:{minute}")
    (alert,) = alerts()
    assert alert.sentence.startswith("21:10に利用時間外の個人番号の表示。")
    assert alert.session == session


def test_numbers_shown_outside_any_session_are_told_apart(clerk: Any) -> None:
    from audit.detection.watch import NO_SESSION

    for member in (1, 2):
        reveal(clerk, str(NO_SESSION), tokyo(NIGHT), f"member:{member}")
    assert [alert.session for alert in alerts()] == ["", ""]


def test_a_number_shown_by_the_vault_is_watched(at: Any, hours: Any) -> None:
    """From the vault's own announcement, not from ours."""
    from accounts.roles import Role
    from domain.vault.revealing import _announce
    from tests.support.records import acting, family

    at("2026-11-20T22:00")
    handler = make_person("night-handler", Role.NUMBER_HANDLER)
    with acting(handler):
        _announce(handler, family().members.all()[0], "就学奨励費", "R07-0001")
    assert [alert.username for alert in alerts()] == ["night-handler"]


def test_a_failing_rule_lets_people_in_and_calls_for_eyes(
    at: Any, clerk: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    from audit.detection import outside_hours
    from audit.detection.models import Unevaluated

    def broken(*_: Any) -> Any:
        raise KeyError("山田 花子")

    monkeypatch.setattr(outside_hours, "judge", broken)
    at(NIGHT)
    with caplog.at_level(logging.ERROR):
        log_in(clerk)
        log_in(clerk)
    assert clerk.session_records.count() == 2
    (alert,) = alerts()
    assert alert.rule == "watch_failed"
    assert "KeyError" in alert.sentence
    assert Unevaluated.objects.filter(has_failed=True).count() == 2
    assert len(events("alert:record:raised")) == 1
    assert "rule outside_hours failed" in caplog.text
    assert "山田" not in caplog.text + alert.sentence


def test_a_rule_failing_in_the_database_undoes_only_its_own_part(at: Any, clerk: Any, monkeypatch: Any) -> None:
    from django.db import connection

    from audit.detection import queries

    def broken() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(queries, "hours_in_force", broken)
    at(NIGHT)
    log_in(clerk)
    clerk.refresh_from_db()
    assert clerk.live_session is not None
    assert [alert.rule for alert in alerts()] == ["watch_failed"]


def test_the_consoles_log_ins_are_not_compared_with_a_prefecture(at: Any, in_console: Any) -> None:
    from accounts.roles import Role

    at(NIGHT)
    operator = make_person("night-operator", Role.OPERATOR)
    sign_in(client_of("console.localhost"), operator)
    assert operator.session_records.count() == 1


def test_looking_costs_few_queries(at: Any, clerk: Any, django_assert_max_num_queries: Any) -> None:
    from accounts.hooks import LoginSeen
    from audit.detection.logins.learning import learn_habits
    from audit.detection.watch import login_seen

    learn_habits(tokyo("2026-11-20T00:40"))
    day = at("2026-11-20T10:00")
    with django_assert_max_num_queries(14):
        login_seen(LoginSeen(clerk.pk, uuid4(), day, "T", False, (), "totp"))
