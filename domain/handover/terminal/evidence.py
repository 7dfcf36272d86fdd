"""証拠書類の写し: what a person attaches to their entry. Kept sealed, told apart by content; the other sees it once both are in."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from accounts.models import User
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.handover.errors import CopyLost, SheetGone
from domain.handover.models import EvidenceCopy, SheetEntry
from domain.handover.terminal.sheets import Sheet
from tenants.core import files
from tenants.core.keys import SealBroken
from web.text import digits_like_number

MOST_BYTES = 5 * 1024 * 1024
LONGEST_START = 8
_STARTS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was handed in; `media_type` by its content."""

    name: str
    media_type: str
    data: bytes


def media_type_of(start: bytes) -> str | None:
    """By the first LONGEST_START bytes; None for anything but PDF, PNG and JPEG. The name says nothing."""
    return next((kind for mark, kind in _STARTS.items() if start.startswith(mark)), None)


def attach(sheet: Sheet, user: User, upload: Upload) -> EvidenceCopy:
    """Keep the copy with the person's own entry, instead of the one before. Raises SheetGone once it is agreed, DiskFull.

    The path tells entry and content, so that the same file again after a cut lies at the same place.
    """
    digest = hashlib.sha256(upload.data).hexdigest()
    with transaction.atomic():
        own = SheetEntry.objects.select_for_update().filter(
            sheet=sheet.name.name, content=sheet.content, by=user.username, agreed_at=None
        )
        if (entry := own.first()) is None:
            raise SheetGone
        before = EvidenceCopy.objects.filter(entry=entry).first()
        kept, _ = EvidenceCopy.objects.update_or_create(
            entry=entry,
            defaults={
                "name": _name(upload),
                "media_type": upload.media_type,
                "size": len(upload.data),
                "digest": digest,
                "path": f"sheet-evidence/{entry.pk}-{digest}.sealed",
            },
        )
        detail: dict[str, JSON] = {"place": entry.place, "type": kept.media_type, "bytes": kept.size}
        detail |= {"sha256": digest[:16], "before": before.digest[:16] if before else ""}
        record(Event.LINKAGE_SHEET_ATTACHED, subjects=[Subject("sheet", sheet.name.batch)], detail=detail)
        files.write_atomically(kept.path, upload.data, kept.name)
    if before is not None and before.path != kept.path:
        with contextlib.suppress(FileNotFoundError):
            files.resolve(before.path).unlink()
    return kept


def copies_of(sheet: Sheet, user: User) -> list[EvidenceCopy]:
    """What this person may see of a sheet as it is now, first entry first."""
    found = _all().filter(entry__sheet=sheet.name.name, entry__content=sheet.content).order_by("entry__place")
    both = _both_in(sheet.name.name, sheet.content)
    return [copy for copy in found if both or copy.entry.by == user.username]


def copy_for(user: User, key: int) -> EvidenceCopy:
    """One copy. Raises Http404 also while this person could still be the second to enter, who must not see the first's."""
    copy = _all().filter(pk=key).first()
    if copy is None or not (copy.entry.by == user.username or _both_in(copy.entry.sheet, copy.entry.content)):
        raise Http404
    return copy


def past_copies(open_names: list[str]) -> QuerySet[EvidenceCopy]:
    """Copies whose sheet was agreed and is gone, newest first."""
    return (
        _all().exclude(entry__agreed_at=None).exclude(entry__sheet__in=open_names).order_by("-entry__agreed_at", "-pk")
    )


def content_of(copy: EvidenceCopy) -> bytes:
    """The bytes as they were handed in. Raises CopyLost."""
    try:
        data = files.read(copy.path)
    except (OSError, SealBroken):
        raise CopyLost from None
    if hashlib.sha256(data).hexdigest() != copy.digest:
        raise CopyLost
    return data


def _all() -> QuerySet[EvidenceCopy]:
    return EvidenceCopy.objects.select_related("entry").defer("entry__sealed")


def _both_in(sheet: str, content: str) -> bool:
    return SheetEntry.objects.filter(sheet=sheet, content=content).exclude(submitted_at=None).count() == 2


def _name(upload: Upload) -> str:
    """What the file was called, with the ending of its content, never with something like an individual number."""
    stem = "証拠書類の写し" if digits_like_number(upload.name) else Path(upload.name).stem[:90]
    return stem + _ENDINGS[upload.media_type]
