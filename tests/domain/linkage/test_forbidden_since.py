"""What was forbidden after a batch was prepared does not go out with it, however long nothing of it could leave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import localdate, now

from tests.domain.linkage.conftest import Link
from tests.domain.linkage.killing import requests
from tests.domain.linkage.world import AFTER_MOVING, HOME, YEAR, World, approve_all, child, father, mother, person
from tests.support.outbox import outbox


class Hours:
    """Whether the other side takes requests."""

    open = True


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    from integrations.atena_adapters.config import Workflow

    found = Hours()
    monkeypatch.setattr(Workflow, "is_open", lambda *_: found.open)
    return found


def _asked(tmp_path: Path, kind: str = "inquiry") -> list[tuple[str, str | None]]:
    """Whom and what the other side was asked, by its own books."""
    rows = [row for batch in requests(tmp_path) if batch.kind.value == kind for row in batch.rows]
    return sorted((row["atena_number"], row.get("kind")) for row in rows)


def _tax(household: Any) -> Any:
    from domain.linkage.models import Inquiry

    return Inquiry.objects.get(member__household=household, member__key="01", kind="tax")


def _withdraw_consent(household: Any) -> None:
    from domain.linkage.models import Consent
    from domain.linkage.services import withdraw_consent

    withdraw_consent(Consent.objects.get(member__household=household, member__key="01"), localdate())


def _suspend(household: Any) -> None:
    from domain.linkage.models import ItemRule
    from domain.linkage.services import add_rule

    add_rule(person("approver"), ItemRule(kind="tax", starts_on=localdate(), asked=False, notice="サンプル通知 第1号"))


def _enter_certificate(household: Any) -> None:
    from domain.linkage.services import settle

    settle(_tax(household), "certificate", person("clerk"), "課税証明書を確かめた")


def _consented(household: Any) -> None:
    """The item wants a consent, and the father gave his."""
    from domain.linkage.models import ItemRule
    from domain.linkage.services import add_rule, give_consent

    rule = ItemRule(kind="tax", starts_on=localdate(), needs_consent=True, notice="サンプル通知 第1号")
    add_rule(person("approver"), rule)
    give_consent(person("clerk"), household.members.get(key="01"), "tax", localdate(), "同意書 1")


@pytest.mark.parametrize("forbid", [_withdraw_consent, _suspend, _enter_certificate])
def test_what_was_forbidden_overnight_is_not_asked_in_the_morning(
    forbid: Callable[[Any], None], world: World, start: Any, hours: Hours, tmp_path: Path
) -> None:
    from domain.linkage.models import Batch

    household = world.household(father(), child())
    _consented(household)
    link: Link = start("nara", "--state", str(tmp_path / "state"))
    link.register()
    approve_all()
    hours.open = False
    assert link.inquire().state == "queued", "it waits for the hours"
    forbid(household)
    hours.open = True
    assert link.inquire().state == "succeeded"
    atena = dict(household.members.values_list("key", "atena_number"))
    assert _asked(tmp_path) == [(atena["01"], "resident"), (atena["03"], "resident")]
    assert (_tax(household).state, _tax(household).batch, _tax(household).asked) == ("waiting", None, 0)
    assert Batch.objects.get(kind="inquire").size == 2


def test_no_number_is_opened_while_the_other_side_is_closed(
    world: World, start: Any, hours: Hours, tmp_path: Path, heard: list[Any]
) -> None:
    """Two who share a number overnight are not sent, nor who has none any more: of whom one goes, one number is opened, once."""
    from domain.linkage.models import Registration
    from domain.vault.desk import conflicts
    from domain.vault.models import NumberConflict, PersonNumber

    household = world.household(father(), mother(), child())
    other = world.household(father()).members.get()
    link: Link = start("nara", "--state", str(tmp_path / "state"))
    hours.open = False
    for _ in range(3):
        assert link.register().state == "queued"
    assert "number:individual:used" not in {event["event"] for event in heard}
    members = dict(household.members.values_list("key", "pk"))
    conflicts.note([(members["02"], other.pk, NumberConflict.Kind.SHARED)])
    PersonNumber.objects.filter(member=members["03"]).update(held_until=now(), ended="corrected")
    hours.open = True
    assert link.register().state == "succeeded"
    assert _asked(tmp_path, "registration") == [(household.members.get(key="01").atena_number, None)]
    assert [event["event"] for event in heard].count("number:individual:used") == 1
    states = dict(Registration.objects.filter(member__household=household).values_list("member__key", "state"))
    assert states == {"01": "ready", "02": "doubted", "03": "draft"}


def _sent_and_whole(kind: str) -> bool:
    from domain.linkage.models import Batch, PersonLine

    found = [(batch.size, batch.person_lines.count()) for batch in Batch.objects.filter(kind=kind)]
    return all(size == lines for size, lines in found) and not PersonLine.objects.filter(result="open").exists()


def test_a_withdrawal_that_is_no_longer_due_in_the_morning_is_not_sent(
    world: World, start: Any, hours: Hours, tmp_path: Path
) -> None:
    """Who came back, and about whom a question went out meanwhile; the third goes."""
    from domain.households.models import Member
    from domain.linkage.models import Inquiry, PersonLine, Registration

    first, second = world.household(father(), mother(), child()), world.household(father(), mother())
    link: Link = start("nara", "--state", str(tmp_path / "state"))
    link.register()
    stays, asked = first.members.get(key="02"), first.members.get(key="03")
    goes = second.members.get(key="02")
    people = Member.objects.filter(pk__in=[stays.pk, asked.pk, goes.pk])
    people.update(left_on=date(YEAR - 1, 9, 1))
    hours.open = False
    assert link.change().state == "queued"
    assert PersonLine.objects.filter(kind="withdraw", result="open").count() == 3
    people.filter(pk=stays.pk).update(left_on=None)
    line = {"kind": "resident", "fiscal_year": YEAR, "base_address": "", "base_date": date(YEAR, 1, 1)}
    Inquiry.objects.create(member=asked, state="held", **line)
    hours.open = True
    assert link.change().state == "succeeded"
    assert _asked(tmp_path, "withdrawal") == [(goes.atena_number, None)]
    states = dict(Registration.objects.values_list("member", "state"))
    assert [states[one.pk] for one in (stays, asked, goes)] == ["ready", "ready", "withdrawn"]
    assert _sent_and_whole("withdraw")


def test_a_change_that_was_corrected_overnight_is_sent_as_it_is_in_the_morning_or_not_at_all(
    world: World, start: Any, hours: Hours, tmp_path: Path
) -> None:
    from domain.linkage.models import PersonLine, Registration

    moved, back = world.household(father()), world.household(father())
    link: Link = start("nara", "--state", str(tmp_path / "state"))
    link.register()
    for household in (moved, back):
        _update(household, address=AFTER_MOVING)
    hours.open, at = False, "奈良県奈良市サンプル町9番地"
    assert link.change().state == "queued"
    assert PersonLine.objects.filter(kind="update", result="open").count() == 2
    _update(moved, address=at)
    _update(back, address=HOME)
    hours.open = True
    assert link.change().state == "succeeded"
    assert _asked(tmp_path, "update") == [(moved.members.get().atena_number, None)]
    told = dict(Registration.objects.values_list("member__household", "sent_as__address"))
    assert told == {moved.pk: at, back.pk: HOME}
    assert _sent_and_whole("update")


def _leave(household: Any) -> None:
    household.members.filter(key="01").update(left_on=date(YEAR - 1, 12, 1))


NEEDLESS: dict[str, Callable[[Any], Any]] = {
    "full": lambda household: _update(household, decline="full"),
    "partial": lambda household: _update(household, decline="partial"),
    "welfare": lambda household: _update(household, on_welfare=True),
    "left": _leave,
}


def _update(household: Any, **facts: Any) -> None:
    type(household).objects.filter(pk=household.pk).update(**facts)


@pytest.mark.parametrize("overnight", [False, True])
@pytest.mark.parametrize("fact", NEEDLESS)
def test_what_is_no_longer_needed_is_not_asked_although_it_was_approved(
    fact: str, overnight: bool, world: World, start: Any, hours: Hours, tmp_path: Path
) -> None:
    """Recorded between approval and job, or while the prepared batch waited; a household beside it is asked all the same."""
    from domain.linkage.models import Inquiry

    household, beside = world.household(father(), child()), world.household(father(), child())
    link: Link = start("nara", "--state", str(tmp_path / "state"))
    link.register()
    approve_all()
    hours.open = not overnight
    if overnight:
        link.inquire()
    NEEDLESS[fact](household)
    hours.open = True
    assert link.inquire().state == "succeeded"
    atena = dict(household.members.values_list("atena_number", "key"))
    asked = sorted((atena[number], kind) for number, kind in _asked(tmp_path) if number in atena)
    expected = {"full": [], "left": [("03", "resident")]}.get(fact, [("01", "resident"), ("03", "resident")])
    assert asked == expected
    assert sorted(Inquiry.objects.filter(member__household=household).values_list("member__key", "kind")) == expected
    assert set(Inquiry.objects.filter(member__household=beside).values_list("state", flat=True)) == {"answered"}
    withdrawn = outbox.get(event="linkage:inquiry:withdrawn")
    assert withdrawn.detail["lines"] == 3 - len(expected)


def test_what_was_answered_and_is_asked_again_is_asked_only_while_it_is_needed(
    world: World, start: Any, tmp_path: Path
) -> None:
    from domain.linkage.services import ask_again

    household = world.household(father(), child())
    link: Link = start("nara", "--state", str(tmp_path / "state"))
    link.whole()
    before = len(_asked(tmp_path))
    ask_again(_tax(household), person("clerk"), "もう一度確かめる")
    _update(household, decline="partial")
    assert link.inquire().state == "succeeded"
    assert len(_asked(tmp_path)) == before
    assert (_tax(household).state, _tax(household).reason[:8]) == ("failed", "照会が不要になっ")


def test_an_address_corrected_after_the_approval_is_approved_before_it_is_asked(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry

    household = world.household(father(), child())
    link: Link = start("nara")
    link.register()
    approve_all()
    _update(household, year_end_address=AFTER_MOVING)
    link.inquire()
    waiting = Inquiry.objects.filter(state="waiting", base_address=AFTER_MOVING, approved_list=None)
    assert waiting.count() == Inquiry.objects.count() > 0
    approve_all()
    link.inquire()
    assert not Inquiry.objects.filter(state="waiting").exists()
