"""A worker may die anywhere: in the end there is one file and one row for each key, and nothing half done."""

from __future__ import annotations

import dataclasses
import errno
import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from domain.households.models import Pupil
from domain.reports import making, printing, services
from domain.reports.models import OutputFile
from domain.statements.models import Statement
from jobs.models import Job
from jobs.running import Outcome, run_job
from tests.domain.payments import support as payments
from tests.domain.reports import support
from tests.support import records
from tests.support.records import YEAR


class Killed(BaseException):
    """The process is gone; no handler of the code under test sees it."""


FOR_EACH_FILE = [
    "domain.reports.making.record_access",
    "domain.reports.making.render_pdf",
    "domain.reports.keeping.files.write_atomically",
    "domain.reports.keeping.MissingGlyph.objects.bulk_create",
]
DEATHS = [
    ("domain.reports.making.fingerprints.of_target", 1),
    ("domain.reports.making._count", 1),
    *((step, call) for step in FOR_EACH_FILE for call in (1, 2)),
]
"""Where a worker dies, and at which of the two files."""
JOBS: dict[str, Callable[[int], Job]] = {
    "notice": lambda _: services.start_notices(YEAR, "S01"),
    "statement": lambda _: services.start_statements(YEAR, "S01"),
    "slip": lambda round_id: services.start_slips(round_id, "S01"),
    "ledger": lambda _: services.start_ledgers(YEAR, "S01"),
}


@pytest.fixture
def round_id(in_a: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    """Two documents of each kind, one to a file."""
    school = records.school("S01")
    support.decided_homes(school, 2)
    for child in list(Statement.objects.values_list("household__members__enrolments", flat=True)):
        if child:
            who = Pupil.objects.get(pk=child)
            payments.spend(who, "commuting_self", 1_000)
    for name in ("NOTICES", "SLIPS", "LEDGERS", "STATEMENTS"):
        monkeypatch.setattr(printing, name, dataclasses.replace(getattr(printing, name), per_file=1))
    return support.released_round().pk


def freed(job: Job) -> None:
    """The lease of the dead worker ran out."""
    Job.objects.filter(pk=job.pk).update(lease_until=job.created_at)


def die_at(monkeypatch: pytest.MonkeyPatch, step: str, call: int, *, after: bool) -> None:
    """Die at the `call`-th time, before the step's work or after it."""
    module, _, name = step.rpartition(".")
    owner = _owner(module)
    real, calls = getattr(owner, name), [0]

    def dying(*arguments: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] == call and not after:
            raise Killed
        result = real(*arguments, **named)
        if calls[0] == call:
            raise Killed
        return result

    monkeypatch.setattr(owner, name, dying)


def _owner(path: str) -> Any:
    """The object at a dotted path: modules first, then attributes."""
    names = path.split(".")
    for end in range(len(names), 0, -1):
        try:
            found: Any = import_module(".".join(names[:end]))
        except ModuleNotFoundError:
            continue
        for name in names[end:]:
            found = getattr(found, name)
        return found
    raise LookupError(path)


@pytest.mark.parametrize("kind", JOBS)
@pytest.mark.parametrize(("step", "call"), DEATHS)
@pytest.mark.parametrize("after", [False, True])
def test_killed_and_run_again_leaves_one_file_and_row_for_each_key(
    round_id: int, kind: str, step: str, call: int, after: bool
) -> None:
    job = JOBS[kind](round_id)
    with pytest.MonkeyPatch.context() as patched:
        die_at(patched, step, call, after=after)
        with pytest.raises(Killed):
            run_job(job.pk)
    freed(job)
    assert len(support.outputs()) <= len(support.on_disk()) <= len(support.outputs()) + 1
    support.done(job)
    outputs = support.outputs(kind)
    assert [output.key for output in outputs] == [f"{job.key}:1", f"{job.key}:2"]
    assert len(support.on_disk()) == len(outputs) == 2
    assert sum(len(support.pages(output)) for output in outputs) == sum(output.pages for output in outputs)
    assert [output.documents for output in outputs] == [1, 1]


def test_a_killed_print_prints_the_same_bytes_again(round_id: int) -> None:
    job = services.start_slips(round_id, "S01")
    with pytest.MonkeyPatch.context() as patched:
        die_at(patched, "domain.reports.keeping.MissingGlyph.objects.bulk_create", 1, after=False)
        with pytest.raises(Killed):
            run_job(job.pk)
    freed(job)
    (orphan,) = support.on_disk()
    before = _bytes_of(orphan)
    support.done(job)
    assert _bytes_of(orphan) == before


def _bytes_of(name: str) -> bytes:
    from tenants.core import files

    (path,) = files.storage_root().rglob(name)
    return files.read(path.relative_to(files.storage_root()))


def test_a_worker_that_lost_the_job_writes_nothing(round_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    job = services.start_slips(round_id, "S01")
    real = making.__dict__["render_pdf"]

    def while_another_takes_it(*arguments: Any) -> Any:
        freed(job)
        Job.objects.filter(pk=job.pk).update(lease_token="0190b5d2-0000-7000-8000-000000000000")
        return real(*arguments)

    monkeypatch.setattr(making, "render_pdf", while_another_takes_it)
    assert run_job(job.pk) == Outcome.LEASE_LOST
    assert (support.outputs(), support.on_disk()) == ([], [])


def test_notices_of_a_part_that_was_not_kept_are_not_marked(round_id: int) -> None:
    job = services.start_notices(YEAR, "S01")
    with pytest.MonkeyPatch.context() as patched:
        die_at(patched, "domain.reports.keeping.files.write_atomically", 2, after=True)
        with pytest.raises(Killed):
            run_job(job.pk)
    assert Statement.objects.filter(state=Statement.State.NOTICED).count() == 1
    freed(job)
    support.done(job)
    assert Statement.objects.filter(state=Statement.State.NOTICED).count() == 2


def test_records_that_change_between_two_parts_stop_the_rest(round_id: int) -> None:
    job = services.start_slips(round_id, "S01")
    with pytest.MonkeyPatch.context() as patched:
        die_at(patched, "domain.reports.making.render_pdf", 2, after=False)
        with pytest.raises(Killed):
            run_job(job.pk)
    freed(job)
    who = Pupil.objects.first()
    assert who is not None
    who.name = "改名 花子"
    who.save()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "もう一度「作成する」" in job.error
    again = support.done(services.start_slips(round_id, "S01"))
    assert OutputFile.objects.filter(run=again.key).count() == 2


@pytest.mark.parametrize("kind", [*JOBS, "bank"])
def test_a_full_disk_leaves_nothing_and_says_what_to_do(
    round_id: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = services.start_bank_file(round_id) if kind == "bank" else JOBS[kind](round_id)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "空き容量ができてから" in job.error
    assert job.error_id.startswith("storage.full")
    assert (support.outputs(), support.on_disk()) == ([], [])
    assert not Statement.objects.filter(state=Statement.State.NOTICED).exists()
    from jobs.services import retry

    support.done(retry(job))
    assert len(support.on_disk()) == len(support.outputs()) == (1 if kind == "bank" else 2)
