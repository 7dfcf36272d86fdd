"""The job on one deposit, from the sealed file to its removal.

One transaction writes the numbers and the new state; the file goes after its commit. A worker killed before the commit has
written nothing; killed after it, the next one finds the state and only removes the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.trail.parts import parts
from audit.trail.recorder import Entry, Subject, record, record_many
from audit.trail.vocabulary import Event
from domain.households.models import Member, Pupil, School
from domain.vault import modes
from domain.vault.deposit_keys import deposit_key
from domain.vault.desk import conflicts
from domain.vault.errors import DepositLost
from domain.vault.intake.assigning import Assignment, Candidate, assign
from domain.vault.intake.lines import Line, read_lines
from domain.vault.intake.problems import Problem
from domain.vault.models import NumberConflict, NumberDeposit, NumberProblem, PersonNumber
from domain.vault.sealing import index_of, make_keys, sealed_row, spellings
from domain.vault.storing import end_present
from integrations.sealed_file import SealedFileError, unseal
from tenants.core import files
from tenants.core.context import require_prefecture
from tenants.core.keys import SealBroken

KIND = "individual-numbers"
CHUNK = 1_000
FIELD = PersonNumber.Field.INDIVIDUAL

Progress = Callable[[int, int, str], None]


def import_numbers(deposit_id: int, progress: Progress) -> NumberDeposit:
    """Take a deposit in; what is done already is not done again. Raises DepositKeyMissing, DepositLost."""
    deposit = NumberDeposit.objects.select_related("school").get(pk=deposit_id)
    if deposit.state == NumberDeposit.State.WAITING:
        progress(0, 3, "封緘ファイルを開いています")
        deposit = _take_in(deposit, progress)
    empty(deposit)
    progress(3, 3, "受入済")
    return deposit


def _take_in(deposit: NumberDeposit, progress: Progress) -> NumberDeposit:
    try:
        data = unseal(_stored_bytes(deposit), deposit_key(), kind=KIND, tenant=require_prefecture().code)
    except SealedFileError as error:
        return _refuse(deposit, error)
    lines, problems = read_lines(data)
    make_keys()
    progress(1, 3, "検査して登録しています")
    indexed = [(line, index_of(FIELD, line.number)) for line in lines]
    with transaction.atomic():
        deposit = _locked(deposit)
        if deposit.state == NumberDeposit.State.WAITING:
            _store(deposit, indexed, problems)
    return deposit


def empty(deposit: NumberDeposit) -> None:
    """Remove the handed-in file; its digest stays."""
    if not deposit.path:
        return
    files.resolve(deposit.path).unlink(missing_ok=True)
    with transaction.atomic():
        deposit.path, deposit.emptied_at = "", timezone.now()
        deposit.save(update_fields=["path", "emptied_at"])
        record(Event.NUMBER_FILE_EMPTIED, subjects=_subjects(deposit), detail={"sha256": deposit.digest})


def _locked(deposit: NumberDeposit) -> NumberDeposit:
    """Deposits of a prefecture are written one after the other, so that two files cannot take one number at once."""
    list(School.objects.select_for_update(no_key=True).order_by("pk"))
    return NumberDeposit.objects.select_for_update(of=("self",)).select_related("school").get(pk=deposit.pk)


def _store(deposit: NumberDeposit, lines: Sequence[tuple[Line, bytes]], problems: list[Problem]) -> None:
    members = _members_of(deposit.school)
    spelled = spellings(FIELD, (line.number for line, _ in lines))
    held = _indexes(PersonNumber.objects.filter(field=FIELD, held_until=None), spelled)
    holders = {index: member for member, index in held}
    leaked = PersonNumber.objects.filter(field=FIELD, ended=PersonNumber.Ended.LEAKED)
    former = {index: member for member, index in _indexes(leaked, spelled)}
    result = assign(lines, members, dict(held), holders, former)
    _write(deposit, result)
    conflicts.note((member, other, NumberConflict.Kind(kind)) for member, other, kind in result.conflicts)
    problems = [*problems, *result.problems]
    deposit.problems.all().delete()
    NumberProblem.objects.bulk_create([_problem_row(deposit, problem) for problem in problems], batch_size=CHUNK)
    deposit.counts = {
        "new": len(result.new),
        "changed": len(result.changed),
        "same": len(result.same),
        "wrong": len(problems),
    }
    deposit.state = NumberDeposit.State.TAKEN
    deposit.save(update_fields=["counts", "state"])
    _record(deposit, result)


def _indexes(rows: QuerySet[PersonNumber], spelled: Mapping[bytes, bytes]) -> list[tuple[int, bytes]]:
    """Member and blind index of each row, as `index_of` gives it for the numbers at hand."""
    found = ((member, bytes(index)) for member, index in rows.values_list("member_id", "index"))
    return [(member, spelled.get(index, index)) for member, index in found]


def _members_of(school: School) -> dict[tuple[str, str], int]:
    """Everybody of the households with a pupil at the school, by (household number, key)."""
    households = Pupil.objects.filter(school=school).values("member__household")
    rows = Member.objects.filter(household__in=households).values_list("household__number", "key", "pk")
    return {(number, key): pk for number, key, pk in rows}


def _write(deposit: NumberDeposit, result: Assignment) -> None:
    replaced = [candidate.member_id for candidate in result.changed]
    end_present(replaced, FIELD, PersonNumber.Ended.REPLACED)
    until = modes.transit_until(modes.rules(), FIELD)
    rows = [_row(deposit, candidate, timezone.localdate(), until) for candidate in result.changed]
    rows += [_row(deposit, candidate, None, until) for candidate in result.new]
    PersonNumber.objects.bulk_create(rows, batch_size=CHUNK)


def _row(deposit: NumberDeposit, of: Candidate, begins: date | None, until: datetime | None) -> PersonNumber:
    return sealed_row(of.member_id, FIELD, of.line.number, deposit.pk, valid_from=begins, transit_until=until)


def _refuse(deposit: NumberDeposit, error: SealedFileError) -> NumberDeposit:
    with transaction.atomic():
        deposit = _locked(deposit)
        deposit.state = NumberDeposit.State.REFUSED
        deposit.refusal_code, deposit.refusal = error.code, error.message
        deposit.save(update_fields=["state", "refusal_code", "refusal"])
        record(Event.NUMBER_FILE_REFUSED, subjects=_subjects(deposit), detail={"code": error.code})
    return deposit


def _stored_bytes(deposit: NumberDeposit) -> bytes:
    try:
        data = files.read(deposit.path)
    except (OSError, SealBroken):
        raise DepositLost from None
    if hashlib.sha256(data).hexdigest() != deposit.digest:
        raise DepositLost
    return data


def _problem_row(deposit: NumberDeposit, problem: Problem) -> NumberProblem:
    return NumberProblem(
        deposit=deposit,
        line=problem.line,
        household_number=problem.household_number,
        member_key=problem.member_key,
        code=problem.code,
        message=problem.message,
    )


def _record(deposit: NumberDeposit, result: Assignment) -> None:
    entries = [Entry(Event.NUMBER_FILE_LOADED, _subjects(deposit), {"counts": deposit.counts})]
    for event, candidates in (
        (Event.NUMBER_INDIVIDUAL_STORED, result.new),
        (Event.NUMBER_INDIVIDUAL_REPLACED, result.changed),
    ):
        entries += [
            Entry(event, [Subject("member", str(each.member_id)) for each in part], case=f"deposit:{deposit.pk}")
            for part in parts(candidates)
        ]
    record_many(entries)


def _subjects(deposit: NumberDeposit) -> list[Subject]:
    return [Subject("file", str(deposit.pk)), Subject("school", str(deposit.school_id))]
