"""A number is shown to a 個人番号取扱者 with a reason, after the trail has heard of it; otherwise not at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.recorder import TrailUnavailable
from domain.households.models import Member
from domain.vault import services
from domain.vault.errors import AskerMayNot, FactorTooNew, HeldByAnother, NotAllowed, NotHeld, ReasonMissing
from domain.vault.models import PersonNumber
from domain.vault.sealing import opened
from tests.domain.vault.conftest import number
from tests.platform.accounts.sign_in import make_person

INDIVIDUAL, UNIFIED = PersonNumber.Field.INDIVIDUAL, PersonNumber.Field.UNIFIED
REASON = {"duty": "V03", "case": "突合確認 R07-12"}


@pytest.fixture(autouse=True)
def no_list_is_asked_for(in_a: Any) -> None:
    from domain.vault.models import VaultSettings

    VaultSettings.objects.update(needs_list=False)


@pytest.fixture
def handler(three: dict[str, Member]) -> Any:
    from accounts.roles import Role

    return make_person("handler", Role.NUMBER_HANDLER)


def acting(user: Any) -> Any:
    return acting_as(Actor(ActorKind.PERSON, str(user.pk), user.display_name, "個人番号取扱者", session="s"))


@pytest.fixture
def trail_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    def away(*_: Any, **__: Any) -> None:
        raise psycopg.OperationalError

    monkeypatch.setattr("audit.trail.store.insert", away)


@pytest.fixture
def announced() -> Iterator[list[Any]]:
    from accounts.hooks import on_reveal

    heard: list[Any] = []
    on_reveal(heard.append)
    yield heard
    on_reveal.remove(heard.append)


def test_the_event_is_written_before_the_number_is_opened(
    handler: Any, three: dict[str, Member], heard: list[Any], announced: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def opening(row: PersonNumber) -> Any:
        order.append(f"opened after {len(heard)} event")
        return opened(row)

    monkeypatch.setattr("domain.vault.revealing.opened", opening)
    with acting(handler):
        shown = services.reveal(three["1"], INDIVIDUAL, **REASON)
    assert shown.clear() == number(1)
    assert order == ["opened after 1 event"]
    event = heard[0]
    assert (event["event"], event["duty"], event["case_ref"]) == ("number:individual:revealed", "V03", REASON["case"])
    assert {"kind": "member", "id": str(three["1"].pk)} in event["subjects"]
    assert number(1) not in str(event)
    assert [(seen.user_id, seen.subject, seen.duty) for seen in announced] == [
        (handler.pk, f"member:{three['1'].pk}", "V03")
    ]


def test_nothing_is_opened_when_the_trail_is_away(
    handler: Any, three: dict[str, Member], trail_is_away: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.vault.revealing.opened", lambda row: pytest.fail("opened without its event"))
    with acting(handler), pytest.raises(TrailUnavailable):
        services.reveal(three["1"], INDIVIDUAL, **REASON)
    with acting_as(Actor(ActorKind.JOB, "", "x", "y")), pytest.raises(TrailUnavailable):
        services.reveal_many([three["1"].pk], INDIVIDUAL, duty="1", case="batch:1")


@pytest.mark.parametrize(
    ("duty", "case"), [("", REASON["case"]), ("Z99", REASON["case"]), ("V03", ""), ("V03", "確認"), ("V03", "   ")]
)
def test_without_duty_or_case_nothing_is_shown(
    handler: Any, three: dict[str, Member], heard: list[Any], duty: str, case: str
) -> None:
    from tests.support.outbox import outbox

    with acting(handler), pytest.raises(ReasonMissing):
        services.reveal(three["1"], INDIVIDUAL, duty=duty, case=case)
    assert heard == []
    assert outbox.get(event="number:individual:refused").detail == {"reason": "reason"}


@pytest.mark.parametrize("kind", [ActorKind.JOB, ActorKind.SYSTEM, ActorKind.COMMAND])
def test_only_a_person_is_shown_a_number(
    handler: Any, three: dict[str, Member], heard: list[Any], kind: ActorKind
) -> None:
    with acting_as(Actor(kind, str(handler.pk), "x", "個人番号取扱者")), pytest.raises(NotAllowed):
        services.reveal(three["1"], INDIVIDUAL, **REASON)
    assert heard == []


def test_other_roles_and_untrained_handlers_are_refused(three: dict[str, Member], heard: list[Any]) -> None:
    from accounts.models import RoleAssignment
    from accounts.roles import Role

    board = make_person("board", Role.BOARD_OFFICER)
    handler = make_person("late", Role.NUMBER_HANDLER)
    RoleAssignment.objects.filter(user=handler).update(training_on="2020-04-01")
    for user in (board, handler):
        with acting(user), pytest.raises(NotAllowed):
            services.reveal(three["1"], INDIVIDUAL, **REASON)
    assert heard == []


def test_a_number_that_is_not_held_is_said_so(handler: Any, three: dict[str, Member], heard: list[Any]) -> None:
    with acting(handler), pytest.raises(NotHeld):
        services.reveal(three["1"], UNIFIED, **REASON)
    assert heard == []


def test_a_job_gets_many_with_one_event_each(three: dict[str, Member], heard: list[Any]) -> None:
    members = [member.pk for member in three.values()]
    with acting_as(Actor(ActorKind.JOB, "", "見本", "個人番号取扱者")):
        numbers = services.reveal_many([*members, 999_999], INDIVIDUAL, duty="D1", case="batch:1")
    assert {member: text.clear() for member, text in numbers.items()} == {
        member.pk: number(int(key)) for key, member in three.items()
    }
    assert number(1) not in repr(numbers)
    assert [event["event"] for event in heard] == ["number:individual:used"] * 3
    with acting_as(Actor(ActorKind.PERSON, "1", "見本", "個人番号取扱者")), pytest.raises(NotAllowed):
        services.reveal_many(members, INDIVIDUAL, duty="D1", case="batch:1")
    with acting_as(Actor(ActorKind.JOB, "", "見本", "")), pytest.raises(ReasonMissing):
        services.reveal_many(members, INDIVIDUAL, duty="D1", case="")


@pytest.mark.parametrize("change", ["left", "stopped", "another role", "new factor"])
def test_a_job_opens_nothing_for_whom_no_page_would_open(
    handler: Any, three: dict[str, Member], heard: list[Any], change: str
) -> None:
    """A leaver stops at 0:00, and with them a job of theirs that waits or is at work."""
    from datetime import timedelta

    from django.utils import timezone

    from accounts.models import RoleAssignment, User

    def opened_numbers() -> int:
        with acting_as(Actor(ActorKind.JOB, str(handler.pk), handler.display_name, "個人番号取扱者")):
            return len(services.reveal_many([three["1"].pk], INDIVIDUAL, duty="D1", case="batch:1"))

    assert opened_numbers() == 1
    heard.clear()
    person = User.objects.filter(pk=handler.pk)
    if change == "left":
        person.update(ends_on=timezone.localdate() - timedelta(days=1))
    elif change == "stopped":
        person.update(is_active=False)
    elif change == "another role":
        RoleAssignment.objects.filter(user=handler).update(role="monitor")
    else:
        person.update(factor_changed_at=timezone.now())
    with pytest.raises(FactorTooNew if change == "new factor" else AskerMayNot):
        opened_numbers()
    assert heard == []


def test_unified_numbers_are_stored_once_and_never_shared(three: dict[str, Member], heard: list[Any]) -> None:
    first, second, third = (member.pk for member in three.values())
    pairs = {first: "U000001", second: "U000002"}
    services.store_unified(pairs, batch="b1")
    services.store_unified(pairs, batch="b1")
    assert PersonNumber.objects.filter(field=UNIFIED).count() == 2
    assert services.numbers_held([first, second, third], UNIFIED) == {first, second}
    with pytest.raises(HeldByAnother):
        services.store_unified({third: "U000001"}, batch="b2")
    with pytest.raises(HeldByAnother):
        services.store_unified({third: "U000009", first: "U000009"}, batch="b2")
    services.store_unified({first: "U000002", second: "U000001"}, batch="b3")
    with acting_as(Actor(ActorKind.JOB, "", "見本", "")):
        numbers = services.reveal_many([first, second], UNIFIED, duty="D1", case="batch:1")
    assert {member: text.clear() for member, text in numbers.items()} == {first: "U000002", second: "U000001"}


def test_one_person_may_have_equal_texts_of_two_kinds(three: dict[str, Member]) -> None:
    services.store_unified({three["1"].pk: number(2)}, batch="b1")
    assert services.numbers_held([three["1"].pk], UNIFIED) == {three["1"].pk}


def test_the_trail_receives_the_event_for_real(handler: Any, three: dict[str, Member]) -> None:
    """Against the audit database itself."""
    with acting(handler):
        assert services.reveal(three["2"], INDIVIDUAL, **REASON).masked().endswith(number(2)[-3:])


def refusals() -> list[Any]:
    from tests.support.outbox import outbox

    return [event.detail for event in outbox.filter(event="number:individual:refused")]


def test_a_new_factor_opens_no_number_for_a_day(
    handler: Any, three: dict[str, Member], heard: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from accounts.services import confirm_totp, enrol_totp, issue_activation_code, issue_backup_codes

    now = timezone.now()
    moment = [now]
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment[0])
    issue_activation_code(handler)
    with acting(handler), pytest.raises(FactorTooNew, match="24時間"):
        services.reveal(three["1"], INDIVIDUAL, **REASON)
    moment[0] = now + timedelta(hours=5)
    device = enrol_totp(handler)
    assert confirm_totp(handler, device, device.unused_code()[0]).is_accepted
    issue_backup_codes(handler)
    for hours in (5, 24, 28):
        moment[0] = now + timedelta(hours=hours)
        with acting(handler), pytest.raises(FactorTooNew):
            services.reveal(three["1"], INDIVIDUAL, **REASON)
    assert heard == []
    assert refusals() == [{"reason": "factor"}] * 4
    moment[0] = now + timedelta(hours=29)
    with acting(handler):
        assert services.reveal(three["1"], INDIVIDUAL, **REASON).clear() == number(1)


def test_an_account_of_today_opens_no_number(three: dict[str, Member], heard: list[Any]) -> None:
    from accounts.roles import Role
    from tests.support.records import staff

    with acting(staff(Role.NUMBER_HANDLER)), pytest.raises(FactorTooNew):
        services.reveal(three["1"], INDIVIDUAL, **REASON)
    assert heard == []
