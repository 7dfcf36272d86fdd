"""Raw exchanges: sealed, once each, whole; no number left anywhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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

    world.household(father(), mother(), child())
    start(name).whole()
    on_disk = _bytes_below(files_of_this_test)
    numbers = [number.encode() for number in world.numbers.values()]
    assert not any(number in on_disk for number in numbers)
    sent = RawExchange.objects.get(direction="sent", name__startswith="registration")
    assert all(number in files.read(sent.path) for number in numbers)
    digests = list(RawExchange.objects.values_list("name", "digest"))
    assert len(digests) == len(set(digests))
    assert {direction for (direction,) in RawExchange.objects.values_list("direction")} == {"sent", "received"}


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
