"""Keeping a file that was made: bytes on disk and its row together, once for each key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from domain.reports.models import MissingGlyph, OutputFile
from jobs.handle import JobHandle
from tenants.core import files
from typesetting import MissingGlyph as Missing

PDF = "application/pdf"
TRANSFER = "application/octet-stream"
_WHERE, _POINTS = 120, 60


@dataclass(frozen=True, slots=True)
class Made:
    """A file in memory, and what its row says of it. `pages` and `missing` are for print."""

    data: bytes
    media_type: str
    documents: int
    pages: int = 0
    total: int | None = None
    missing: Sequence[Missing] = ()


def keep(handle: JobHandle, output: OutputFile, made: Made, *, also: Sequence[Callable[[], object]] = ()) -> OutputFile:
    """Write the bytes and the row. A worker that lost the job writes neither; one that is killed in between leaves a file
    without a row, which the next worker replaces, for the path follows from the key. `also` joins the transaction.

    Raises LeaseLost, tenants.core.files.DiskFull.
    """
    output.path = _path(output)
    output.media_type = made.media_type
    output.digest = hashlib.sha256(made.data).hexdigest()
    output.size = len(made.data)
    output.documents, output.pages, output.total = made.documents, made.pages, made.total
    with transaction.atomic():
        handle.fence()
        files.write_atomically(output.path, made.data, output.title)
        output.save(force_insert=True)
        MissingGlyph.objects.bulk_create(_glyphs(output, made.missing), ignore_conflicts=True, batch_size=1_000)
        for act in also:
            act()
    return output


def _glyphs(output: OutputFile, missing: Sequence[Missing]) -> list[MissingGlyph]:
    return [
        MissingGlyph(output=output, code_points=each.codepoint[:_POINTS], where=each.where[:_WHERE]) for each in missing
    ]


def _path(output: OutputFile) -> str:
    """Below the prefecture's folder: nothing of a person, nothing that anybody typed."""
    name = hashlib.sha256(output.key.encode()).hexdigest()[:32]
    ending = "pdf" if output.media_type == PDF else "dat"
    return f"reports/{output.fiscal_year}/{output.kind}/{name}.{ending}"
