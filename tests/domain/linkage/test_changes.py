"""異動, 廃止, 番号変更 and 符号 over the real transports: told once, kept back where it must be, the same after a kill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.domain.linkage.conftest import OPERATOR, Link
from tests.domain.linkage.killing import Killed, kill_once, requests, revive
from tests.domain.linkage.world import AFTER_MOVING, World, approve_all, child, father, mother, swapped

LINKS = ["nara", "hiroshima", "osaka", "fixed"]


def _sent(tmp_path: Path) -> Counter[tuple[str, str]]:
    """(kind, address or day) of every line of 異動 and 廃止 that the other side took."""
    return Counter(
        (batch.kind.value, row.get("address") or row.get("withdrawn_on") or "")
        for batch in requests(tmp_path)
        for row in batch.rows
        if batch.kind.value in ("update", "withdrawal")
    )


def _states() -> dict[str, str]:
    from domain.linkage.models import Registration

    return dict(Registration.objects.values_list("member__key", "state"))


def _leave(household: Any, key: str) -> None:
    """離れた before the base date of the working year."""
    household.members.filter(key=key).update(left_on=date(2024, 9, 1))


@pytest.mark.parametrize("name", LINKS)
def test_what_changed_is_told_once_and_who_left_is_withdrawn(
    name: str, world: World, start: Any, tmp_path: Path
) -> None:
    from domain.linkage.models import PersonLine, Registration
    from domain.vault.models import PersonNumber

    household = world.household(father(), mother(), child())
    link: Link = start(name, "--state", str(tmp_path / "state"))
    assert link.register().state == "succeeded"
    assert link.change().state == "succeeded"
    assert _sent(tmp_path) == {}
    household.address = AFTER_MOVING
    household.save()
    _leave(household, "02")
    for _ in range(2):
        job = link.change()
        assert job.state == "succeeded", job.error
    assert Counter(kind for kind, _ in _sent(tmp_path).elements()) == {"update": 2, "withdrawal": 1}
    assert _states() == {"01": "ready", "02": "withdrawn", "03": "ready"}
    assert {one.sent_as["address"] for one in Registration.objects.exclude(state="withdrawn")} == {AFTER_MOVING}
    assert Counter(PersonLine.objects.exclude(kind="check").values_list("kind", "result")) == {
        ("update", "done"): 2, ("withdraw", "done"): 1,
    }  # fmt: skip
    gone = PersonNumber.objects.get(member__key="02", field="unified_number")
    assert (gone.ended, gone.held_until is None) == ("withdrawn", False)


POINTS = {
    "before sending": ("{work}.submit", "before"),
    "after sending": ("domain.linkage.exchange.batches.mark_sent", "before"),
    "while reading": ("{work}.apply", "after"),
}
WORKS = {
    "update": "domain.linkage.exchange.updating.Updating",
    "withdraw": "domain.linkage.exchange.withdrawing.Withdrawing",
    "check": "domain.linkage.exchange.checking.Checking",
}


@pytest.mark.parametrize("point", sorted(POINTS))
@pytest.mark.parametrize(("kind", "name"), [("update", "nara"), ("withdraw", "hiroshima"), ("check", "hiroshima")])
def test_a_kill_changes_neither_the_end_nor_the_count(
    kind: str, name: str, point: str, world: World, start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch, PersonLine
    from jobs.running import run_job

    household = world.household(father(), mother(), child())
    link: Link = start(name, "--state", str(tmp_path / "state"))
    if kind != "check":
        link.register()
    if kind == "update":
        household.address = AFTER_MOVING
        household.save()
    if kind == "withdraw":
        _leave(household, "02")
    if kind == "check":
        services.plan_registrations()
    seen = _armed(monkeypatch, kind, point)
    job = services.start_registration(OPERATOR) if kind == "check" else services.start_change(OPERATOR)
    with pytest.raises(Killed):
        run_job(job.pk)
    assert seen()
    assert revive(job).state == "succeeded"

    assert set(_states().values()) == ({"ready", "withdrawn"} if kind == "withdraw" else {"ready"})
    assert not PersonLine.objects.exclude(result="done").exists()
    assert not Batch.objects.exclude(state="collected", cleared_at__isnull=False).exists()
    taken = Counter(batch.kind.value for batch in requests(tmp_path))
    assert taken == {"registration": 1, "linkage": 1} | ({} if kind == "check" else {_wire(kind): 1})


def _armed(monkeypatch: pytest.MonkeyPatch, kind: str, point: str) -> Callable[[], bool]:
    """Strike in the work of this kind: the shared step is armed when its batch goes out."""
    from domain.linkage.exchange import checking

    place, when = POINTS[point]
    place = place.format(work=WORKS[kind])
    if kind != "check" or "batches" not in place:
        return kill_once(monkeypatch, place, when)
    hit: list[Callable[[], bool]] = []
    submit = checking.Checking.submit

    def armed(*arguments: Any) -> Any:
        if not hit:
            hit.append(kill_once(monkeypatch, place, when))
        return submit(*arguments)

    monkeypatch.setattr(checking.Checking, "submit", armed)
    return lambda: bool(hit) and hit[0]()


def _wire(kind: str) -> str:
    return {"update": "update", "withdraw": "withdrawal"}[kind]


def test_who_waits_for_the_code_is_not_listed_until_it_is_there(world: World, start: Any, tmp_path: Path) -> None:
    from django.utils import timezone

    from domain.linkage.models import Inquiry, Registration
    from domain.linkage.persons.due import long_waits, to_check

    world.household(father(behaviours=frozenset({"no_linkage"})), child())
    link: Link = start("nara", "--state", str(tmp_path / "state"))
    link.register()
    assert _states() == {"01": "acquiring", "03": "ready"}
    listed = approve_all()
    assert set(listed.lines.filter(spared="").values_list("member__key", flat=True)) == {"03"}
    link.inquire()
    assert set(Inquiry.objects.filter(member__key="01").values_list("state", flat=True)) == {"waiting"}
    assert not to_check().exists()  # looked for a moment ago
    now = timezone.now()
    waiting = Registration.objects.filter(member__key="01")
    waiting.update(checked_at=now - timedelta(hours=1))
    assert to_check().count() == 1
    waiting.update(since=now - timedelta(days=4))
    assert not to_check().exists()  # after two days once a day
    assert long_waits().count() == 1


def test_where_the_link_tells_no_code_a_registered_person_is_asked(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry

    world.household(father(), child())
    start("nara", checks_linkage=False).whole()
    assert set(_states().values()) == {"registered"}
    assert set(Inquiry.objects.values_list("state", flat=True)) == {"answered"}


def test_a_changed_number_holds_the_inquiry_until_it_is_accepted(world: World, start: Any) -> None:
    from domain.linkage import services
    from domain.linkage.models import Inquiry
    from integrations.atena_adapters.individual_numbers import sample_number
    from tests.domain.linkage.numbers import replace_numbers

    household = world.household(*swapped(father(), mother()), child())
    link: Link = start("nara")
    link.whole()
    members = dict(household.members.values_list("key", "pk"))
    replace_numbers({members["01"]: sample_number(7, 1), members["02"]: sample_number(7, 2)})
    services.plan_registrations()
    assert _states() == {"01": "number_changed", "02": "number_changed", "03": "ready"}
    link.inquire()
    held = Inquiry.objects.exclude(member__key="03")
    assert set(held.values_list("state", flat=True)) == {"waiting"}
    link.change()
    assert _states() == {"01": "registered", "02": "registered", "03": "ready"}
    link.check()
    assert set(_states().values()) == {"ready"}
    link.inquire()
    assert set(held.values_list("state", "match")) == {("answered", "matched")}


def test_a_refused_change_is_not_sent_again_by_itself(world: World, start: Any) -> None:
    from domain.linkage.models import PersonLine, Registration

    household = world.household(father(), child())
    link: Link = start("nara")
    link.register()
    _other_side_withdraws(link, household)
    household.address = AFTER_MOVING
    household.save()
    link.change()
    link.change()
    refused = PersonLine.objects.get(kind="update", result="declined")
    assert "廃止" in refused.reason
    assert Registration.objects.get(member__key="01").reason == refused.reason
    assert PersonLine.objects.filter(kind="update", registration__member__key="01").count() == 1


def _other_side_withdraws(link: Link, household: Any) -> None:
    """The office withdraws the father without us."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from domain.linkage.exchange.adapters import adapter_in_force
    from integrations.atena_adapters.port import Operator, Pending, WithdrawalBatch, WithdrawalLine

    adapter, number = adapter_in_force(), household.members.get(key="01").atena_number
    made = datetime(2025, 7, 1, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
    lines = (WithdrawalLine(number, date(2025, 6, 1)),)
    receipt = adapter.withdraw(WithdrawalBatch("OTHER", made, Operator(**OPERATOR), lines=lines))
    while any(isinstance(outcome, Pending) for outcome in adapter.collect(receipt).outcomes.values()):
        pass


def test_the_unified_number_of_another_person_stops_both(world: World, start: Any) -> None:
    from domain.linkage.models import Registration
    from domain.vault.models import NumberConflict
    from domain.vault.services import store_unified

    world.household(father(), child())
    link: Link = start("nara")
    link.register()
    other = world.household(mother())
    number = _unified_of_the_next(link, other)
    father_of_first = Registration.objects.get(member__key="01").member_id
    store_unified({father_of_first: number}, batch="test")
    from tests.domain.linkage.numbers import give_numbers

    member = other.members.get().pk
    give_numbers({member: world.numbers[member]})
    link.register()
    assert NumberConflict.objects.get().kind == "unified"
    assert _states() == {"01": "doubted", "02": "doubted", "03": "ready"}


def _unified_of_the_next(link: Link, household: Any) -> str:
    """What the other side gives the next person: asked under another addressee number, as another office would."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from domain.linkage.exchange.adapters import adapter_in_force
    from integrations.atena_adapters.individual_numbers import sample_number
    from integrations.atena_adapters.port import Operator, Registered, RegistrationBatch, RegistrationLine

    adapter, member = adapter_in_force(), household.members.get()
    made = datetime(2025, 7, 1, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
    line = RegistrationLine("Z0000001", sample_number(7, 3), member.name, member.kana, member.born, household.address)
    receipt = adapter.register(RegistrationBatch("OTHER", made, Operator(**OPERATOR), lines=(line,)))
    while not isinstance(found := adapter.collect(receipt).outcomes["Z0000001"], Registered):
        pass
    return found.unified_number
