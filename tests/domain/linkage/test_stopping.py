"""A conflict of numbers that is found while a batch is prepared and nothing of it went out stops that person's line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.domain.linkage.conftest import OPERATOR, Link
from tests.domain.linkage.killing import Killed, kill_once, requests, revive
from tests.domain.linkage.world import AFTER_MOVING, YEAR, World, approve_all, child, father, mother

RUNNING = "domain.linkage.exchange.running.ExchangeRun"
WORKS = {
    "registration": "domain.linkage.exchange.registering.Registering",
    "update": "domain.linkage.exchange.updating.Updating",
    "inquiry": "domain.linkage.exchange.inquiring.Inquiring",
}


def _conflict(one: int, other: int) -> Any:
    from domain.vault.desk import conflicts
    from domain.vault.models import NumberConflict

    conflicts.note([(one, other, NumberConflict.Kind.SHARED)])
    return NumberConflict.objects.get()


def _taken(tmp_path: Path, kind: str) -> list[str]:
    """Whose lines of this kind the other side took, by our number, in order."""
    return sorted(row["atena_number"] for batch in requests(tmp_path) if batch.kind.value == kind for row in batch.rows)


def _settled(row: Any) -> None:
    from domain.vault.desk import conflicts

    conflicts.settle(row, "二人の番号を確かめた")


def _prepared(kind: str, link: Link, household: Any) -> Any:
    """The job that will send lines of this kind about everybody of the household."""
    from domain.linkage import services

    if kind == "registration":
        services.plan_registrations()
        return services.start_registration(OPERATOR)
    link.register()
    if kind == "update":
        household.address = AFTER_MOVING
        household.save()
        return services.start_change(OPERATOR)
    approve_all()
    return services.start_inquiry(YEAR, OPERATOR)


@pytest.mark.parametrize("name", ["nara", "hiroshima"])
@pytest.mark.parametrize("kind", sorted(WORKS))
def test_the_line_of_who_is_doubted_before_the_sending_is_not_sent(
    kind: str, name: str, world: World, start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage.models import Batch, Registration
    from domain.linkage.reconciling import report
    from jobs.running import run_job

    household = world.household(father(), mother(), child())
    link: Link = start(name, "--state", str(tmp_path / "state"))
    job = _prepared(kind, link, household)
    atena = dict(household.members.values_list("key", "atena_number"))
    other = world.household(father()).members.get().pk
    kill_once(monkeypatch, f"{RUNNING}._send", "before")
    with pytest.raises(Killed):
        run_job(job.pk)
    conflict = _conflict(household.members.get(key="02").pk, other)
    assert revive(job).state == "succeeded"
    assert atena["02"] not in _taken(tmp_path, kind)
    assert set(_taken(tmp_path, kind)) <= {atena["01"], atena["03"]}
    assert _taken(tmp_path, kind) != []
    assert Registration.objects.get(member__household=household, member__key="02").state == "doubted"
    assert not Batch.objects.exclude(state="collected").exists()
    assert report(timezone.localdate(), timezone.localdate()).balanced

    _settled(conflict)
    for act in (link.register, link.change, link.check, link.inquire):
        assert act().state == "succeeded"
    assert _taken(tmp_path, kind).count(atena["02"]) == (2 if kind == "inquiry" else 1), (
        "decided: now it goes out, once"
    )
    assert report(timezone.localdate(), timezone.localdate()).balanced


def test_a_batch_of_nobody_is_not_sent(
    world: World, start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch
    from jobs.running import run_job

    household = world.household(father(), mother())
    start("nara", "--state", str(tmp_path / "state"))
    services.plan_registrations()
    job = services.start_registration(OPERATOR)
    kill_once(monkeypatch, f"{RUNNING}._send", "before")
    with pytest.raises(Killed):
        run_job(job.pk)
    one, two = household.members.values_list("pk", flat=True)
    _conflict(one, two)
    assert revive(job).state == "succeeded"
    assert requests(tmp_path) == []
    assert list(Batch.objects.values_list("state", "sent_at")) == [("failed", None)]


def test_what_may_have_been_sent_is_repeated_as_it_was(
    world: World, start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other side may have the line already: the batch stays the same on the wire, and its answers find their people."""
    from domain.linkage import services
    from domain.linkage.models import Registration
    from jobs.running import run_job

    household = world.household(father(), mother(), child())
    start("nara", "--state", str(tmp_path / "state"))
    services.plan_registrations()
    job = services.start_registration(OPERATOR)
    other = world.household(father()).members.get().pk
    kill_once(monkeypatch, "domain.linkage.exchange.batches.mark_sent", "before")
    with pytest.raises(Killed):
        run_job(job.pk)
    doubted = household.members.get(key="02")
    _conflict(doubted.pk, other)
    assert revive(job).state == "succeeded"
    assert len(_taken(tmp_path, "registration")) == 3
    person = Registration.objects.get(member=doubted)
    assert (person.state, person.known) == ("doubted", True)


@pytest.mark.parametrize("name", ["nara", "hiroshima"])
@pytest.mark.parametrize("kind", ["registration", "update"])
@pytest.mark.parametrize("gone", [False, True])
def test_a_number_corrected_between_sending_and_resending_stops_nobody(
    gone: bool, kind: str, name: str, world: World, start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other side took the batch under its id and would refuse all of it with another number: the people go in a new one."""
    from domain.linkage import services
    from domain.linkage.models import Batch, Registration
    from domain.vault.models import PersonNumber
    from integrations.atena_adapters.individual_numbers import sample_number
    from jobs.running import run_job
    from tests.domain.linkage.numbers import replace_numbers

    wrong = kind == "update"
    household = world.household(father(number=wrong * 11), mother(number=12), child(number=wrong * 13))
    link: Link = start(name, "--state", str(tmp_path / "state"))
    members = dict(household.members.values_list("key", "pk"))
    if kind == "update":
        link.register()
        corrected = {"01": 1, "02": 22, "03": 3}
        replace_numbers({members[key]: sample_number(7, number) for key, number in corrected.items()})
    services.plan_registrations()
    job = services.start_registration(OPERATOR) if kind == "registration" else services.start_change(OPERATOR)
    kill_once(monkeypatch, "domain.linkage.exchange.batches.mark_sent", "before")
    with pytest.raises(Killed):
        run_job(job.pk)
    first = Batch.objects.get(state="prepared")
    if gone:
        PersonNumber.objects.filter(member=members["02"], field="individual_number").update(
            held_until=timezone.now(), ended="corrected"
        )
    else:
        replace_numbers({members["02"]: sample_number(7, 2)})
    assert revive(job).state == "succeeded"
    first.refresh_from_db()
    assert (first.state, first.failure) == ("failed", "atena.batch_altered")
    for act in (link.register, link.change, link.check):
        assert act().state == "succeeded"
    states = dict(Registration.objects.values_list("member__key", "state"))
    without = "draft" if kind == "registration" else "number_changed"
    assert states == {"01": "ready", "02": without if gone else "ready", "03": "ready"}
    if not gone:
        present = PersonNumber.objects.filter(field="individual_number", held_until=None).values_list("pk", flat=True)
        assert set(Registration.objects.values_list("number_row", flat=True)) == set(present)
    if name == "hiroshima":
        assert (link.register if kind == "registration" else link.change)().state == "succeeded"
        assert not [path for path in link.folder.rglob("*") if path.is_file() and str(first.pk) in path.name]
