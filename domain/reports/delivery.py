"""Handing a file to a person: the bytes that were made and no others, noted first, never kept by a browser or proxy."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from accounts.permissions import Permission
from audit.trail.entries import JSON, Entry
from audit.trail.leaving import Approved, taken
from audit.trail.parts import record_access_parts
from audit.trail.recorder import Subject
from audit.trail.vocabulary import Event
from domain.reports.errors import FileLost
from domain.reports.models import OutputFile
from tenants.core import files
from tenants.core.keys import SealBroken

_Kind = OutputFile.Kind
_APPROVED: dict[str, Approved] = {
    _Kind.NOTICE: Approved.DECISION,
    _Kind.CALCULATION: Approved.DECISION,
    _Kind.PAYMENT_CALCULATION: Approved.ROUND,
    _Kind.LEDGER: Approved.ROUND,
    _Kind.SLIP: Approved.ROUND,
    _Kind.BANK: Approved.ROUND,
}
"""Made from what a second person approved; a 調書 is printed at any stage."""


def content_of(file: OutputFile) -> bytes:
    """The path is the row's; nothing of a request reaches the disk. Raises FileLost."""
    try:
        data = files.read(file.path)
    except (OSError, SealBroken):
        raise FileLost from None
    if hashlib.sha256(data).hexdigest() != file.digest:
        raise FileLost
    return data


def note(file: OutputFile) -> None:
    """Before a byte is sent, with everybody who is on it. Raises TrailUnavailable."""
    about = [Subject("file", str(file.pk))]
    if file.school_code:
        about.append(Subject("school", file.school_code))
    detail: dict[str, JSON] = {
        "kind": file.kind,
        "bytes": file.size,
        "sha256": file.digest[:16],
        **taken(file.documents, _APPROVED.get(file.kind)),
    }
    allowed = Permission.DOWNLOAD_FILE.value
    whole = Entry(Event.EXPORT_FILE_DOWNLOADED, tuple(about), detail=detail, allowed_by=allowed)
    record_access_parts(whole, (Subject(kind, pk) for kind, pk in file.people))


def file_name(file: OutputFile) -> str:
    """支給明細書_令和7年度第1期_○○支援学校.pdf."""
    ending = ".pdf" if PurePosixPath(file.path).suffix == ".pdf" else ".txt"
    return file.title.replace("/", "-").replace(" ", "_") + ending


def answer(file: OutputFile, data: bytes) -> HttpResponse:
    response = HttpResponse(data, content_type=file.media_type)
    response["Content-Disposition"] = content_disposition_header(True, file_name(file)) or "attachment"
    response["Cache-Control"] = "no-store"
    return response
