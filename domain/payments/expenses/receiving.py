"""A workbook of expenses handed in: kept once, then taken in by a job."""

from __future__ import annotations

import hashlib

from django.db import transaction

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import School
from domain.payments.expenses.importing import read, refuse
from domain.payments.models import ExpenseImport
from jobs import services as jobs
from tenants.core import files
from web.text import digits_like_number

IMPORT_EXPENSES = "payments.import_expenses"
MAX_FILE_BYTES = 20 * 1024 * 1024


def receive_expenses(school: School, file_name: str, data: bytes, fiscal_year: int) -> ExpenseImport:
    """Keep a workbook and start its import; the same bytes again give the import that is there.

    A file that is refused as a whole (no workbook, another school's, individual numbers in it) is never stored: its
    import is REFUSED at once, with the problems. Raises tenants.core.files.DiskFull, PackUnknown.
    """
    digest = hashlib.sha256(data).hexdigest()
    known = ExpenseImport.objects.filter(school=school, digest=digest).first()
    if known is not None:
        return _again(known)
    received = ExpenseImport(
        school=school,
        fiscal_year=fiscal_year,
        file_name=_safe_name(file_name),
        digest=digest,
        created_by=current_actor().name,
    )
    reading = read(received, data)
    if not reading.refused:
        received.path = f"expenses/{fiscal_year}/{school.pk}/{digest}.xlsx"
        files.write_atomically(received.path, data, received.file_name)
    with transaction.atomic():
        ExpenseImport.objects.bulk_create([received], ignore_conflicts=True)
        received = ExpenseImport.objects.select_related("school").get(school=school, digest=digest)
        subjects = [Subject("expense_import", str(received.pk)), Subject("school", str(school.pk))]
        record(Event.IMPORT_FILE_RECEIVED, subjects=subjects, detail={"sha256": digest, "bytes": len(data)})
        if reading.refused:
            return refuse(received, reading.problems)
        _start(received)
    return received


def _again(known: ExpenseImport) -> ExpenseImport:
    """A job that failed for good is begun anew; a refused file stays refused."""
    if known.state == ExpenseImport.State.WAITING:
        _start(known)
    return known


@transaction.atomic
def read_again(import_id: int) -> ExpenseImport:
    """Read a kept workbook once more, for rows that were left out and may be right by now; registered rows stay.

    Does nothing for one that was refused or waits already.
    """
    received = ExpenseImport.objects.select_for_update(of=("self",)).select_related("school").get(pk=import_id)
    if received.state == ExpenseImport.State.IMPORTED:
        received.run += 1
        received.state = ExpenseImport.State.WAITING
        received.save(update_fields=["run", "state"])
        subjects = [Subject("expense_import", str(received.pk)), Subject("school", str(received.school_id))]
        record(Event.IMPORT_FILE_RECEIVED, subjects=subjects, detail={"sha256": received.digest, "run": received.run})
        _start(received)
    return received


def job_key(received: ExpenseImport) -> str:
    return f"{IMPORT_EXPENSES}:{received.pk}:{received.run}"


def _start(received: ExpenseImport) -> None:
    jobs.start(
        IMPORT_EXPENSES,
        {"import": received.pk},
        key=job_key(received),
        title=f"使用経費の取込（{received.school.name}）",
    )


def _safe_name(file_name: str) -> str:
    """A file name is kept for people; one that holds something like an individual number is not."""
    return "使用経費.xlsx" if digits_like_number(file_name) else file_name[-120:]
