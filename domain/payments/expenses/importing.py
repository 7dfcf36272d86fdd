"""The import of one workbook of expenses.

Reading needs no lock; the writing is one transaction that ends with the new state. A worker killed anywhere before its
commit has written nothing, and the next one begins again; after the commit there is nothing left to do.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence

from django.db import transaction

from audit.trail.recorder import Entry, Subject, record, record_many
from audit.trail.vocabulary import Event
from domain.households.importing.alarms import tell_the_watch
from domain.households.models import Pupil, School
from domain.households.roster.workbook.problems import CellProblem
from domain.payments.errors import ExpensesLost
from domain.payments.expense_sheet.reader import read_expenses
from domain.payments.expense_sheet.rows import ExpensesReading
from domain.payments.expenses import findings
from domain.payments.expenses.comparing import Comparison
from domain.payments.items import items_of
from domain.payments.models import Expense, ExpenseImport
from domain.payments.rounds.periods import closed_rounds
from tenants.core import files
from tenants.core.keys import SealBroken

Progress = Callable[[int, int, str], None]
CHUNK = 1_000


def import_expenses(import_id: int, progress: Progress) -> ExpenseImport:
    """Take a workbook in; does nothing when that is done already. Raises ExpensesLost."""
    received = ExpenseImport.objects.select_related("school").get(pk=import_id)
    if received.state != ExpenseImport.State.WAITING:
        return received
    progress(0, 2, "経費のファイルを読んでいます")
    reading = read(received, _stored_bytes(received))
    progress(1, 2, "登録と比べて書き込んでいます")
    with transaction.atomic():
        # One school's expenses are written by one at a time: two workbooks may hold the same 証憑番号.
        School.objects.select_for_update(no_key=True).get(pk=received.school_id)
        received = ExpenseImport.objects.select_for_update(of=("self",)).select_related("school").get(pk=import_id)
        if received.state == ExpenseImport.State.WAITING:
            if reading.refused:
                refuse(received, reading.problems)
            else:
                _take_in(received, reading)
    progress(2, 2, "取込済")
    return received


def read(received: ExpenseImport, data: bytes) -> ExpensesReading:
    """What the workbook says, checked against the school's pupils and the year's items."""
    return read_expenses(
        data,
        school_code=received.school.code,
        fiscal_year=received.fiscal_year,
        known_items=[item.title for item in items_of(received.fiscal_year).payable.values()],
        known_pupils=set(Pupil.objects.filter(school=received.school).values_list("student_number", flat=True)),
    )


@transaction.atomic
def refuse(received: ExpenseImport, problems: Sequence[CellProblem]) -> ExpenseImport:
    """Nothing of the file is taken, and the file is not kept: it may hold what must not lie here."""
    received.problems = [findings.of_cell(problem) for problem in problems]
    path, received.path, received.state = received.path, "", ExpenseImport.State.REFUSED
    received.save(update_fields=["problems", "path", "state"])
    codes = sorted({problem.code.value for problem in problems})
    record(Event.IMPORT_FILE_REFUSED, subjects=[Subject("expense_import", str(received.pk))], detail={"codes": codes})
    tell_the_watch(codes, f"expenses:{received.pk}", "使用経費")
    if path:
        transaction.on_commit(lambda: files.resolve(path).unlink(missing_ok=True))
    return received


def _take_in(received: ExpenseImport, reading: ExpensesReading) -> None:
    compared = Comparison(received, closed_rounds(received.fiscal_year)).run(reading.expenses)
    Expense.objects.bulk_create(compared.new, batch_size=CHUNK)
    found = [*map(findings.of_cell, reading.problems), *compared.findings, *compared.notes]
    received.problems = sorted(found, key=lambda finding: finding["row"])
    received.counts = {
        "new": len(compared.new),
        "same": compared.same,
        "parked": reading.counts.parked,
        "wrong": reading.counts.wrong + len(compared.wrong_rows),
    }
    received.state = ExpenseImport.State.IMPORTED
    received.save(update_fields=["problems", "counts", "state"])
    _record(received, compared.new)


def _record(received: ExpenseImport, new: Sequence[Expense]) -> None:
    """One event for each pupil whose expenses came, and one for the whole."""
    case = f"expense_import:{received.pk}"
    by_pupil = Counter(expense.pupil_id for expense in new)
    entries = [
        Entry(Event.EXPENSE_RECORD_ENTERED, (Subject("pupil", str(pupil)),), {"expenses": number}, case=case)
        for pupil, number in sorted(by_pupil.items())
    ]
    subjects = (Subject("expense_import", str(received.pk)), Subject("school", str(received.school_id)))
    record_many([*entries, Entry(Event.IMPORT_ROWS_APPLIED, subjects, {"counts": received.counts}, case=case)])


def _stored_bytes(received: ExpenseImport) -> bytes:
    try:
        data = files.read(received.path)
    except (OSError, SealBroken):
        raise ExpensesLost from None
    if hashlib.sha256(data).hexdigest() != received.digest:
        raise ExpensesLost
    return data
