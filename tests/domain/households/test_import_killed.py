"""A worker that dies anywhere in the import leaves nothing half done; the next one ends with the same result."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from domain.households import services
from domain.households.importing import run
from domain.households.models import (
    Household,
    Member,
    Pupil,
    RosterImport,
    RosterProblem,
    School,
    StatusPeriod,
)
from tests.domain.households.roster import books
from tests.domain.households.roster.books import household, member, pupil

STEPS = [
    "read",
    "_locked",
    "load",
    "writing.write_households",
    "writing.write_pupils",
    "_write_problems",
    "as_json",
    "_settle_earlier",
    "events.record_import",
]


class Killed(BaseException):
    """The worker is gone."""


def waiting(school: School) -> RosterImport:
    rows = books.roster(
        [household(), household("H29-000002", 級地区分="")],
        [member("1"), member("2"), member("1", "H29-000002"), member("2", "H29-000002")],
        [pupil(), pupil("S29001-0002", number="H29-000002")],
    )
    return services.take_roster(services.receive_roster(school, "名簿.xlsx", rows, 2025))


def nothing(*_: Any) -> None:
    """Progress that nobody watches."""


def written() -> dict[str, int]:
    """Rows of what the import writes; its findings are there from the look before."""
    models = (Household, Member, Pupil, StatusPeriod)
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_a_step_and_begun_again(
    school: School, clerk_acts: None, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    roster = waiting(school)
    place, name = (getattr(run, step.split(".")[0]), step.split(".")[1]) if "." in step else (run, step)
    real = getattr(place, name)

    def dies(*arguments: Any, **named: Any) -> Any:
        if after:
            real(*arguments, **named)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(place, name, dies)
        with pytest.raises(Killed), transaction.atomic():
            run.import_roster(roster.pk, nothing)
    assert not any(written().values())
    assert RosterImport.objects.get().state == RosterImport.State.WAITING
    run.import_roster(roster.pk, nothing)
    assert written() == {"Household": 1, "Member": 2, "Pupil": 1, "StatusPeriod": 1}
    assert RosterProblem.objects.count() == 4
    assert RosterImport.objects.get().state == RosterImport.State.IMPORTED


def test_a_finished_import_does_nothing_again(school: School, clerk_acts: None) -> None:
    roster = waiting(school)
    run.import_roster(roster.pk, nothing)
    before = written()
    problems = set(RosterProblem.objects.values_list("pk", flat=True))
    run.import_roster(roster.pk, nothing)
    assert written() == before
    assert set(RosterProblem.objects.values_list("pk", flat=True)) == problems


def test_a_lost_file_is_said_plainly(school: School, clerk_acts: None) -> None:
    from tenants.core import files

    roster = waiting(school)
    files.resolve(roster.path).write_bytes(b"something else")
    with pytest.raises(run.RosterLost, match="もう一度取り込んでください"):
        run.import_roster(roster.pk, nothing)
    files.resolve(roster.path).unlink()
    with pytest.raises(run.RosterLost):
        run.import_roster(roster.pk, nothing)


def test_a_full_disk_leaves_nothing(
    school: School, clerk_acts: None, monkeypatch: pytest.MonkeyPatch, files_of_this_test: Any
) -> None:
    import errno

    from tenants.core import files

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("tenants.core.files.os.fsync", full)
    with pytest.raises(files.DiskFull):
        waiting(school)
    assert not RosterImport.objects.exists()
    assert [path for path in files_of_this_test.rglob("*") if path.is_file()] == []
