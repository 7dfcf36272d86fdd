"""Raw exchanges: sealed, once each, whole but for the numbers; no number left anywhere."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from integrations.atena_adapters.individual_numbers import sample_number
from tests.domain.linkage.numbers import put_in_force, replace_numbers
from tests.domain.linkage.world import World, child, father, mother
from tests.support.full_disk import full_disk


def _bytes_below(*folders: Path) -> bytes:
    return b"\n".join(
        path.name.encode() + b"\n" + path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    )


@pytest.mark.parametrize("name", ["nara", "hiroshima", "osaka"])
def test_every_exchange_is_sealed_on_disk_and_opens_again(
    name: str, world: World, start: Any, files_of_this_test: Path
) -> None:
    from domain.linkage.models import RawExchange
    from tenants.core import files

    household = world.household(father(), mother(), child())
    start(name).whole()
    on_disk = _bytes_below(files_of_this_test)
    people = [atena.encode() for atena in household.members.values_list("atena_number", flat=True)]
    assert not any(text in on_disk for text in [*people, *(number.encode() for number in world.numbers.values())])
    sent = RawExchange.objects.get(direction="sent", name__startswith="registration")
    assert all(text in files.read(sent.path) for text in people)
    digests = list(RawExchange.objects.values_list("name", "digest"))
    assert len(digests) == len(set(digests))
    assert {direction for (direction,) in RawExchange.objects.values_list("direction")} == {"sent", "received"}


@pytest.mark.parametrize("mode", ["held", "in_transit"])
@pytest.mark.parametrize("name", ["nara", "hiroshima", "osaka"])
def test_no_exchange_keeps_a_number_whatever_the_vault_does_with_it(
    name: str, mode: str, world: World, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened with every key there is, before any purge: so nothing is left after one, and nothing comes back from a backup."""
    from domain.linkage.exchange.keeping import keyed_digest
    from domain.linkage.models import Batch, RawExchange
    from domain.vault.models import PersonNumber
    from domain.vault.sealing import opened
    from tenants.core import files

    wire = _on_the_wire(monkeypatch)
    members = list(world.household(father(), mother(), child()).members.order_by("pk"))
    put_in_force(mode)
    link = start(name)
    link.whole()
    replace_numbers({members[0].pk: sample_number(7, 71)})
    assert link.change().state == "succeeded"
    unified = {opened(row).clear() for row in PersonNumber.objects.filter(field="unified_number")}
    numbers = [number.encode() for number in (*unified, *world.numbers.values(), sample_number(7, 71))]
    assert len(numbers) == 7
    assert all(any(number in data for data in wire.values()) for number in numbers)
    kept = {raw.digest: files.read(raw.path) for raw in RawExchange.objects.all()}
    assert not any(number in data for number in numbers for data in kept.values())
    hidden = {digest: data for digest, data in wire.items() if any(number in data for number in numbers)}
    assert all(digest == keyed_digest(data) for digest, data in hidden.items() if digest in kept)
    assert set(hidden) <= set(kept)
    plain = {hashlib.sha256(data).hexdigest() for data in hidden.values()}
    told = repr([list(table._default_manager.values()) for table in (Batch, RawExchange)]) + repr(kept)
    assert not any(digest in told for digest in plain)


def _on_the_wire(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What goes over the wire from now on, by the digest it is kept under."""
    from domain.linkage.exchange.keeping import SealedKeeper, keyed_digest

    wire: dict[str, bytes] = {}
    keep = SealedKeeper.keep

    def seen(self: Any, direction: Any, name: str, payload: bytes, hidden: Any = None) -> None:
        wire[keyed_digest(payload) if hidden else hashlib.sha256(payload).hexdigest()] = payload
        keep(self, direction, name, payload, hidden)

    monkeypatch.setattr(SealedKeeper, "keep", seen)
    return wire


def test_kept_answers_say_who_was_registered(world: World, start: Any) -> None:
    from domain.linkage.exchange.adapters import adapter_of_version
    from domain.linkage.exchange.batches import receipt_of
    from domain.linkage.models import Batch
    from integrations.atena_adapters.port import Registered
    from tenants.core import files

    world.household(father(), mother(), child())
    start("nara").whole()
    batch = Batch.objects.get(kind="register")
    answers = [files.read(raw.path) for raw in batch.raw.filter(direction="received", name__contains="-answer-")]
    again = adapter_of_version(batch.adapter_version).reread(receipt_of(batch), answers[-1:])
    assert [type(outcome) for outcome in again.outcomes.values()] == [Registered] * 3
    assert len(set(again.outcomes.values())) == 3
    assert not again.problems


@pytest.mark.parametrize("name", ["hiroshima", "osaka"])
def test_the_exchange_folder_holds_no_number_after_its_receipt(name: str, world: World, start: Any) -> None:
    from domain.vault.models import PersonNumber
    from domain.vault.sealing import opened

    world.household(father(), mother(), child())
    link = start(name)
    link.whole()
    left = _bytes_below(*[place for place in link.folder.iterdir() if place.name != ".simulator"])
    unified = [opened(row).clear() for row in PersonNumber.objects.filter(field="unified_number")]
    assert len(unified) == 3
    assert not any(number.encode() in left for number in [*world.numbers.values(), *unified])


def test_no_number_stands_in_rows_events_or_jobs(world: World, start: Any) -> None:
    from audit.trail.models import OutboxEvent
    from domain.linkage import models
    from domain.vault.models import PersonNumber
    from domain.vault.sealing import opened
    from jobs.models import Job

    world.household(father(), mother(), child())
    start("nara").whole()
    unified = [opened(row).clear() for row in PersonNumber.objects.filter(field="unified_number")]
    tables = (models.Batch, models.Registration, models.Inquiry, models.RawExchange, OutboxEvent, Job)
    text = repr([list(table._default_manager.values()) for table in tables])
    assert not any(number in text for number in [*world.numbers.values(), *unified])


def test_every_revealed_number_has_its_event_first(world: World, start: Any) -> None:
    from audit.trail.reader import Filters, search
    from audit.trail.recorder import Subject
    from domain.linkage.models import Batch

    household = world.household(father(), child())
    start("nara").whole()
    case = f"linkage-batch:{Batch.objects.get(kind='register').pk}"
    for member in household.members.all():
        used = search(Filters(prefix="number:individual:used", subject=Subject("member", str(member.pk))))
        assert [(event.case, event.duty) for event in used if event.case == case] == [(case, "KARI-0001")]


def test_an_unwritable_trail_sends_nothing(world: World, start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from audit.trail.recorder import TrailUnavailable
    from domain.linkage.models import Batch, RawExchange

    def away(*_: Any, **__: Any) -> None:
        raise TrailUnavailable

    world.household(father(), child())
    link = start("nara")
    monkeypatch.setattr("domain.vault.revealing.record_access_many", away)
    assert link.register().state == "queued"
    assert Batch.objects.get().state == "prepared"
    assert Batch.objects.get().tried_at is None, "nothing left, so who may go is looked at anew"
    assert not RawExchange.objects.exists()


def test_a_full_disk_sends_nothing_and_says_so(world: World, start: Any, files_of_this_test: Any) -> None:
    from domain.linkage.models import Batch

    world.household(father(), child())
    link = start("nara")
    with full_disk(files_of_this_test, "folder"):
        job = link.register()
    assert job.state == "failed"
    assert "空き容量" in job.error
    assert Batch.objects.get().state == "prepared"
    assert link.register().state == "succeeded"


def test_a_sealed_exchange_that_was_moved_does_not_open(world: World, start: Any) -> None:
    from domain.linkage.models import RawExchange
    from tenants.core import files
    from tenants.core.keys import SealBroken

    world.household(father(), child())
    start("nara").whole()
    one, other = RawExchange.objects.order_by("pk")[:2]
    files.resolve(one.path).write_bytes(files.resolve(other.path).read_bytes())
    with pytest.raises(SealBroken):
        files.read(one.path)


def test_what_was_damaged_on_the_way_is_kept_a_number_of_times(in_a: Any) -> None:
    from domain.linkage.exchange.keeping import DAMAGED_A_BATCH, SealedKeeper
    from domain.linkage.models import RawExchange
    from tenants.core import files

    for n in range(DAMAGED_A_BATCH + 3):
        SealedKeeper().keep("received", "inquiry-x-damaged-answer", b"part %d" % n)
    SealedKeeper().keep("received", "inquiry-x-answer-1", b"whole")
    assert RawExchange.objects.count() == DAMAGED_A_BATCH + 1
    assert files.read(RawExchange.objects.order_by("pk")[0].path) == b"part 0"
