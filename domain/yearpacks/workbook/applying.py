"""From a received workbook to the draft: compared first, then all of it or nothing."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.trail.leaving import taken
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.yearpacks import content as rows
from domain.yearpacks.changing import ledgers_of
from domain.yearpacks.drafting import change, content_digest, held_draft
from domain.yearpacks.errors import UploadRefused, WrongState
from domain.yearpacks.filling import fill
from domain.yearpacks.lacking import Row
from domain.yearpacks.models import Revision, WorkbookUpload
from domain.yearpacks.workbook.layout import ACCEPTED
from domain.yearpacks.workbook.reading import CHANGED, NEW, read_filled
from domain.yearpacks.workbook.writing import workbook_of

State = WorkbookUpload.State


@transaction.atomic
def download(revision: Revision) -> bytes:
    """The workbook of a draft. Raises WrongState."""
    row = held_draft(revision)
    data = workbook_of(row)
    record(
        Event.YEARPACK_WORKBOOK_MADE,
        subjects=[Subject("revision", str(row.pk))],
        detail={"revision": row.name, "content": content_digest(row)[:23], **taken(0)},
        allowed_by="edit_yearpack",
    )
    return data


@transaction.atomic
def receive(revision: Revision, file_name: str, data: bytes, user: User) -> WorkbookUpload:
    """Read and compare; nothing of the draft changes. Raises WrongState."""
    row = held_draft(revision)
    reading = read_filled(data, row)
    upload = WorkbookUpload.objects.create(
        revision=row,
        file_name=file_name[:200],
        file_digest=reading.digest,
        content_digest=content_digest(row),
        rows=[each.to_json() for each in reading.rows],
        problems=[{"place": each.place, "message": each.message, "seen": each.seen} for each in reading.problems],
        received_by=user.display_name,
    )
    counts = {"rows": len(reading.rows), "problems": len(reading.problems)}
    _record(Event.YEARPACK_WORKBOOK_RECEIVED, upload, counts)
    return upload


@transaction.atomic
def apply(upload: WorkbookUpload, user: User) -> int:
    """Take all new and changed rows over, in one change; how many. Raises UploadRefused, WrongState, ContentRefused."""
    row = _waiting(upload)
    revision = held_draft(row.revision)
    if row.problems:
        raise UploadRefused(
            "誤りのある行が残っているため、反映していません。Excelを直して、もう一度読み込んでください。"
        )
    if content_digest(revision) != row.content_digest:
        raise UploadRefused("比べた後に改訂の内容が変わったため、反映していません。Excelをもう一度読み込んでください。")
    taken = [each for each in row.rows if each["state"] in (NEW, CHANGED)]
    if not taken:
        raise UploadRefused("反映する行がありません。Excelに入力してから読み込んでください。")
    ledgers, today = ledgers_of(revision), timezone.localdate().isoformat()

    def edit(content: rows.Content) -> rows.Content:
        for each in taken:
            if each["section"] == ACCEPTED:
                reason = each["values"]["reason"]
                content = rows.accept(content, [each["key"]["row"]], reason, user.display_name, today)
            else:
                made = Row(each["section"], each["key"], each["title"], each["where"])
                basis = rows.Basis(each["source"], each["article"])
                content = fill(content, made, each["values"], basis, ledgers)
        return content

    change(revision, edit, user, f"Excel {len(taken)}行", event=Event.YEARPACK_WORKBOOK_APPLIED)
    row.state = State.APPLIED
    row.save(update_fields=["state"])
    return len(taken)


@transaction.atomic
def discard(upload: WorkbookUpload) -> None:
    """The comparison is not used. Raises WrongState."""
    row = _waiting(upload)
    row.state = State.DISCARDED
    row.save(update_fields=["state"])


def _waiting(upload: WorkbookUpload) -> WorkbookUpload:
    row = WorkbookUpload.objects.select_for_update(of=("self",)).select_related("revision").get(pk=upload.pk)
    if row.state != State.WAITING:
        raise WrongState(row.get_state_display())
    return row


def _record(event: Event, upload: WorkbookUpload, counts: dict[str, int]) -> None:
    subjects = [Subject("revision", str(upload.revision_id))]
    record(event, subjects=subjects, detail={"revision": upload.revision.name, **counts}, allowed_by="edit_yearpack")
