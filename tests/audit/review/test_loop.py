"""The state machine: who may take which step, when it is due, and what is written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from audit.detection.calendar import TOKYO
from tests.audit.review.conftest import World

REASON = "年度末の進達が残り、22時の締切に間に合わせるためです。"


def staff(role: str, name: str) -> Any:
    from accounts.roles import Role
    from tests.support.records import staff as made

    return made(Role(role), name)


@pytest.fixture
def alert(world: World) -> Any:
    return world.night(world.clerk)


def events(name: str) -> list[Any]:
    from tests.support.outbox import outbox

    return list(outbox.filter(event=name))


def due(alert: Any) -> str:
    alert.refresh_from_db()
    return str(alert.due_at.astimezone(TOKYO).strftime("%Y-%m-%dT%H:%M")) if alert.due_at else ""


def take(alert: Any, world: World, *moves: str) -> None:
    """Take the alert along, each step by the right person."""
    from audit.review import services
    from audit.review.models import Alert

    steps = {
        "confirm": lambda: services.confirm(alert.pk, world.monitor),
        "notify": lambda: services.notify(alert.pk, world.monitor),
        "ask": lambda: services.ask(alert.pk, world.manager, "本人の操作かどうかと理由をお答えください。"),
        "answer": lambda: services.answer(alert.pk, world.clerk, was_me=True, reason=REASON),
        "judge": lambda: services.judge(alert.pk, world.manager, Alert.Verdict.ONCE, "進達の記録と合っている。"),
        "close": lambda: services.close(alert.pk, world.manager),
        "reopen": lambda: services.reopen(alert.pk, world.manager, "進達の日付が違っていたため。"),
    }
    for move in moves:
        steps[move]()
    alert.refresh_from_db()


def test_the_whole_way_with_its_deadlines_and_events(alert: Any, world: World) -> None:
    assert due(alert) == "2026-11-25T07:00"
    take(alert, world, "confirm")
    assert due(alert) == "2026-11-25T07:00"
    take(alert, world, "notify")
    assert due(alert) == "2026-11-25T09:00"
    take(alert, world, "ask")
    assert due(alert) == "2026-11-26T09:00"
    take(alert, world, "answer")
    assert due(alert) == "2026-11-25T09:00"
    take(alert, world, "judge", "close")
    assert (due(alert), alert.state, alert.verdict) == ("", "closed", "once")
    assert [(step.from_state, step.to_state, step.by) for step in alert.steps.all()] == [
        ("", "raised", "システム"),
        ("raised", "checking", "見本 監視郎"),
        ("checking", "notified", "見本 監視郎"),
        ("notified", "asked", "見本 安全子"),
        ("asked", "answered", "見本 事務子"),
        ("answered", "judged", "見本 安全子"),
        ("judged", "closed", "見本 安全子"),
    ]
    for name in (
        "alert:record:confirmed",
        "alert:record:notified",
        "alert:operator:asked",
        "alert:operator:answered",
        "alert:record:judged",
        "alert:record:closed",
    ):
        (event,) = events(name)
        assert event.subjects == [{"kind": "alert", "id": str(alert.pk)}]
        assert REASON not in str(event.detail)


MOVES = ("confirm", "notify", "ask", "answer", "judge", "close", "reopen")
ALLOWED = {
    "raised": {"confirm"},
    "checking": {"notify"},
    "notified": {"ask"},
    "asked": {"answer"},
    "answered": {"ask", "judge"},
    "judged": {"close", "reopen"},
    "closed": {"reopen"},
}


@pytest.mark.parametrize("state", list(ALLOWED))
@pytest.mark.parametrize("move", MOVES)
def test_only_the_listed_moves_are_possible(alert: Any, world: World, state: str, move: str) -> None:
    from audit.review.errors import MoveRefused
    from audit.review.models import Alert

    Alert.objects.filter(pk=alert.pk).update(state=state)
    if move in ALLOWED[state]:
        take(alert, world, move)
        assert alert.state != state
        return
    with pytest.raises(MoveRefused, match="画面を開き直してください"):
        take(alert, world, move)
    alert.refresh_from_db()
    assert (alert.state, alert.verdict, alert.steps.count()) == (state, "", 1)


@pytest.mark.parametrize("closed", [False, True])
def test_a_verdict_is_corrected_by_two_people_and_never_overwritten(alert: Any, world: World, closed: bool) -> None:
    """Who asks gives the reason, another judges; both verdicts stand among the steps, and in between the log-in teaches nothing."""
    from accounts.errors import SamePerson
    from accounts.roles import Role
    from audit.detection.teaching import doubted
    from audit.review import services
    from audit.review.models import Alert
    from tests.platform.accounts.sign_in import make_person

    take(alert, world, "confirm", "notify", "ask", "answer", "judge", *(["close"] if closed else []))
    other = make_person("w-other", Role.SECURITY_MANAGER, name="見本 別子")
    take(alert, world, "reopen")
    assert (alert.state, alert.verdict, alert.session in doubted()) == ("answered", "", True)
    with pytest.raises(SamePerson):
        services.judge(alert.pk, world.manager, Alert.Verdict.REGULAR, "毎月の締めの作業だった。")
    services.judge(alert.pk, other, Alert.Verdict.REGULAR, "毎月の締めの作業だったことを確かめた。")
    alert.refresh_from_db()
    assert (alert.state, alert.verdict) == ("judged", "regular")
    assert [(step.username, step.verdict) for step in alert.steps.all() if step.to_state == "judged"] == [
        ("w-manager", "once"),
        ("w-other", "regular"),
    ]
    (event,) = events("alert:record:reopened")
    assert event.detail == {"前の判定": "正当・臨時"}
    services.reopen(alert.pk, other, "もう一度見直す必要があるため。")
    services.judge(alert.pk, world.manager, Alert.Verdict.ONCE, "臨時の作業だったことを確かめた。")
    page = world.browser(world.manager).get(f"/review/alerts/{alert.pk}/").content.decode()
    assert "判定の見直しの申出" in page
    assert "判定済: 正当・恒常" in page


def test_nobody_touches_an_alert_about_themselves(world: World) -> None:
    from accounts.errors import SamePerson
    from audit.review import services
    from audit.review.models import Alert

    alert = world.night(world.manager)
    me = world.manager
    attempts: list[Callable[[], Any]] = [
        lambda: services.confirm(alert.pk, me),
        lambda: services.notify(alert.pk, me),
        lambda: services.ask(alert.pk, me, "自分で自分に尋ねることはできません。"),
        lambda: services.judge(alert.pk, me, Alert.Verdict.REGULAR, "自分で自分を判定することはできません。"),
        lambda: services.close(alert.pk, me),
    ]
    for attempt in attempts:
        with pytest.raises(SamePerson, match="自分に関する警報"):
            attempt()


def test_an_alert_about_the_manager_goes_to_another_one(world: World) -> None:
    from audit.review import services
    from audit.review.errors import NoOtherManager

    alert = world.night(world.manager)
    services.confirm(alert.pk, world.monitor)
    with pytest.raises(NoOtherManager, match="別の職員への役割の付与"):
        services.notify(alert.pk, world.monitor)
    other = staff("security_manager", "w-manager-2")
    services.notify(alert.pk, world.monitor)
    text = alert.steps.last().text
    assert other.display_name in text
    assert world.manager.display_name not in text


def test_roles_without_the_permission_are_refused(alert: Any, world: World) -> None:
    from accounts.errors import PermissionRefused
    from audit.review import services
    from audit.review.models import Alert

    outsider = staff("board_officer", "w-board")
    with pytest.raises(PermissionRefused):
        services.confirm(alert.pk, outsider)
    take(alert, world, "confirm", "notify", "ask", "answer")
    with pytest.raises(PermissionRefused):
        services.judge(alert.pk, world.monitor, Alert.Verdict.ONCE, "監視担当は判定できないはずです。")


def test_only_the_person_asked_may_answer(alert: Any, world: World) -> None:
    from audit.review import services
    from audit.review.models import Alert

    take(alert, world, "confirm", "notify", "ask")
    with pytest.raises(Alert.DoesNotExist):
        services.answer(alert.pk, world.monitor, was_me=True, reason=REASON)


def test_who_says_it_was_not_them_has_disowned_the_session(alert: Any, world: World) -> None:
    """As with これは私ではない on the page of the account: an alert of its own, and the session teaches nothing."""
    from audit.review import services
    from audit.review.models import Alert

    take(alert, world, "confirm", "notify", "ask")
    services.answer(alert.pk, world.clerk, was_me=False, reason="この時刻に操作していません。")
    (told,) = Alert.objects.filter(rule="disowned")
    assert (told.username, told.session) == ("w-clerk", alert.session)
    session = world.clerk.session_records.get(pk=alert.session)
    assert session.disowned_at == world.clock.now
    assert (session.ended_at, session.end_reason) == (world.clock.now, "disowned")
    assert len(events("session:other:disowned")) == 1


def test_what_has_no_session_and_was_not_them_is_told_as_well(alert: Any, world: World) -> None:
    from audit.review import services
    from audit.review.models import Alert

    Alert.objects.filter(pk=alert.pk).update(session="", rule="factor_change")
    take(alert, world, "confirm", "notify", "ask")
    services.answer(alert.pk, world.clerk, was_me=False, reason="認証器を変えた覚えがありません。")
    assert Alert.objects.get(rule="disowned").username == "w-clerk"


@pytest.mark.parametrize(
    "text",
    ["短い", " " * 30, "\u200b" * 10, "・" * 20 + "はい", "あ" * 801, "番号は 123456789018 です。ほか何もありません。"],
)
def test_texts_that_explain_nothing_or_hold_a_number_are_refused(alert: Any, world: World, text: str) -> None:
    from audit.review import services
    from audit.review.errors import TextUnfit

    take(alert, world, "confirm", "notify")
    with pytest.raises(TextUnfit):
        services.ask(alert.pk, world.manager, text)
    assert alert.steps.count() == 3


def test_silence_of_the_operator_does_not_keep_it_open(alert: Any, world: World) -> None:
    from audit.review.errors import MoveRefused

    take(alert, world, "confirm", "notify", "ask")
    with pytest.raises(MoveRefused):
        take(alert, world, "judge")
    world.clock.put("2026-11-26T09:01")
    take(alert, world, "judge")
    assert alert.state == "judged"


def test_a_passed_deadline_is_one_event(alert: Any, world: World) -> None:
    from audit.review.deadlines import remind_and_escalate

    assert remind_and_escalate() == 0
    world.clock.put("2026-11-25T07:01")
    assert [remind_and_escalate(), remind_and_escalate()] == [1, 0]
    take(alert, world, "confirm")
    assert remind_and_escalate() == 0  # the same deadline, told already
    take(alert, world, "notify")
    world.clock.put("2026-11-26T08:00")
    assert remind_and_escalate() == 1
    assert len(events("alert:deadline:passed")) == 2


@pytest.mark.parametrize(("verdict", "is_candidate"), [
    ("regular", False), ("once", False), ("mistake", False), ("misuse", True), ("impostor", True),
])  # fmt: skip
def test_the_last_two_verdicts_start_the_clocks(alert: Any, world: World, verdict: str, is_candidate: bool) -> None:
    from datetime import date

    from audit.review import services
    from audit.review.incidents.clocks import Clocks, clocks_of
    from audit.review.models import Alert, Incident

    take(alert, world, "confirm", "notify", "ask", "answer")
    services.judge(alert.pk, world.manager, Alert.Verdict(verdict), "操作の記録と説明を照らし合わせた。")
    alert.refresh_from_db()
    day = date(2026, 11, 24)
    expected = Clocks(day, date(2026, 11, 26), date(2026, 11, 28), date(2026, 12, 23), date(2027, 1, 22))
    assert [clocks_of(one) for one in Incident.objects.filter(alert=alert)] == ([expected] if is_candidate else [])
    assert events("alert:record:judged")[0].detail["漏えい等事案の候補"] is is_candidate


def test_the_same_act_never_raises_twice(alert: Any) -> None:
    from audit.review.models import Alert
    from audit.review.raising import Finding, raise_alert

    again = Finding(alert.key, alert.rule, alert.username, alert.session, alert.occurred_at, "x", {})
    assert raise_alert(again) is None
    assert Alert.objects.count() == 1
    assert len(events("alert:record:raised")) == 1


def test_the_term_of_what_was_found_days_later_runs_from_the_finding(world: World) -> None:
    from audit.review.deadlines import due_after
    from audit.review.raising import Finding, raise_alert

    acted = world.clock.now - timedelta(days=6)
    late = raise_alert(Finding("late", "volume", world.clerk.username, "", acted, "見本", {}))
    assert late is not None
    assert (late.occurred_at, late.due_at) == (acted, due_after(world.clock.now, 1))


def test_nobody_judges_the_alert_of_whom_they_stand_in_for(hours: None, clock: Any) -> None:
    from accounts.errors import SamePerson
    from accounts.models import User
    from accounts.roles import Role
    from accounts.services import assign_role
    from audit.review import services
    from audit.review.people import managers_for
    from tests.platform.accounts.sign_in import make_person

    world = World(clock)
    deputy, own = make_person("w-deputy", Role.SCHOOL_CLERK), make_person("w-own", Role.SECURITY_MANAGER)
    ends_on = world.back + timedelta(days=9)
    assign_role(deputy, Role.SECURITY_MANAGER, ends_on=ends_on, acting_for=world.manager)
    alert = world.night(world.manager)
    assert managers_for(alert) == [own.display_name]
    with pytest.raises(SamePerson, match="代決・代理の相手"):
        services.confirm(alert.pk, User.objects.get(pk=deputy.pk))
    assert services.confirm(alert.pk, User.objects.get(pk=own.pk)).state == "checking"
