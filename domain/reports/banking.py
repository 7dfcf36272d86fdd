"""総合振込データ: made by the room of payments, read back byte by byte, compared with what was approved, then written."""

from __future__ import annotations

from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.payments.models import PaymentRound
from domain.payments.services import bank_file
from domain.reports import fingerprints
from domain.reports.errors import TransferFileDiffers
from domain.reports.keeping import TRANSFER, Made, keep
from domain.reports.models import OutputFile
from domain.reports.starting import released
from integrations.bank_transfer import TransferFileError, parse
from jobs.handle import JobHandle
from jobs.models import Job
from web.dates import fiscal_year_label


def make_bank_file(handle: JobHandle, round_id: int) -> None:
    """One file for the round. Raises NotReleased, TransferFileDiffers, DiskFull and the errors of `bank_file`."""
    job = Job.objects.get(pk=handle.job_id)
    round_ = released(round_id)
    handle.advance(0, 1, step="振込データを作り、読み直して確かめています")
    if not OutputFile.objects.filter(run=job.key).exists():
        made = checked(round_, bank_file(round_))
        keep(handle, _row(job, round_), made, also=[lambda: _note_file(round_, made)])
    file = OutputFile.objects.get(run=job.key)
    handle.set_count("振込", file.documents)
    handle.set_count("合計（円）", file.total or 0)
    handle.advance(1, 1)


def checked(round_: PaymentRound, data: bytes) -> Made:
    """The file, if its count and total are those of the released round, which together with 振込不可 are what was
    approved. Raises TransferFileDiffers.
    """
    try:
        file = parse(data)
    except TransferFileError:
        raise TransferFileDiffers("書式") from None
    count = len(file.transfers)
    if count != round_.transfers.count():
        raise TransferFileDiffers("件数")
    untransferable = sum(round_.untransferable.values_list("amount", flat=True))
    if file.total != round_.transferable_total or file.total + untransferable != round_.confirmed_total:
        raise TransferFileDiffers("合計金額")
    if (file.pay_month, file.pay_day) != (round_.pay_on.month, round_.pay_on.day):
        raise TransferFileDiffers("振込指定日")
    return Made(data, TRANSFER, count, total=file.total)


def _note_file(round_: PaymentRound, made: Made) -> None:
    subjects = [Subject("round", str(round_.pk))]
    record(Event.ROUND_FILE_MADE, subjects=subjects, detail={"count": made.documents, "total": made.total})


def _row(job: Job, round_: PaymentRound) -> OutputFile:
    kind = OutputFile.Kind.BANK
    return OutputFile(
        kind=kind,
        key=f"{job.key}:1",
        run=job.key,
        people=[
            ["household", str(pk)] for pk in round_.transfers.order_by("pk").values_list("household_id", flat=True)
        ],
        subject=f"{kind}:round{round_.pk}:",
        fingerprint=fingerprints.of_round(round_),
        title=f"{kind.label} {fiscal_year_label(round_.fiscal_year)}{round_.full_title}",
        fiscal_year=round_.fiscal_year,
        media_type=TRANSFER,
        created_by=job.created_by_name,
    )
