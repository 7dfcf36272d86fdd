"""Trying a sample file: what the console hands over, what the prefecture's people put in, and what may be told outside."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.atena_trials.models import OfferedVersion, SampleFile
from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.fields import Message
from integrations.atena_adapters.port import CheckResult, CheckState
from integrations.atena_adapters.samples import StaffView, run_sample
from tenants.core import files

MOST_BYTES = 5 * 1024 * 1024
CHECK = "団体の見本ファイル"
NEEDED = SampleFile.Kind.INQUIRY
_WITHOUT_FILES = ("terminal", "database")  # keyed from a screen; read from views
_NAME, _ITEM, _EXPECTED = 160, 120, 400


def offer(version: int, config: Mapping[str, Any]) -> OfferedVersion:
    """Hand a version over for trying; the same again changes nothing. The configuration holds names of secrets only."""
    with transaction.atomic():
        offered, new = OfferedVersion.objects.get_or_create(version=version, defaults={"config": dict(config)})
        if new:
            record(Event.CONSOLE_ADAPTER_OFFERED, subjects=_subjects(offered), detail={"version": version})
    return offered


def try_sample(offered: OfferedVersion, kind: str, file_name: str, data: bytes, user: User) -> SampleFile:
    """Keep the file sealed and note where it first differs. Raises DiskFull.

    The row comes first: whoever is cut off leaves a row without a file, never a file that nobody knows of and nobody erases.
    """
    found = examine(offered, kind, data).operator
    path = f"atena-samples/{secrets.token_hex(16)}.sealed"
    with transaction.atomic():
        sample = SampleFile.objects.create(
            offered=offered,
            kind=kind,
            file_name=file_name[:_NAME],
            path=path,
            digest=hashlib.sha256(data).hexdigest(),
            size=len(data),
            readable=found.readable,
            lines=found.lines,
            faults=found.faults,
            line=found.line,
            offset=found.offset,
            item=found.item[:_ITEM],
            expected=(found.expected if found.readable else found.message)[:_EXPECTED],
            by=user.username,
        )
        record(
            Event.LINKAGE_SAMPLE_TRIED,
            subjects=[Subject("sample", str(sample.pk))],
            detail={"version": offered.version, "kind": kind, "fits": sample.fits},
        )
    try:
        files.write_atomically(path, data, sample.file_name)
    except files.DiskFull:
        sample.delete()
        raise
    return sample


def examine(offered: OfferedVersion, kind: str, data: bytes) -> StaffView:
    """The file against the version."""
    return run_sample(AdapterConfig.model_validate(offered.config), Message(kind), data)


def erase(sample: SampleFile, user: User) -> None:
    """Take the bytes away; what was found stays. Again: nothing more happens."""
    _erase(sample.pk, user.username, because="asked")


def erase_expired(today: date) -> int:
    """Take away the bytes of every file whose 保管期限 is over; how many."""
    over = SampleFile.objects.filter(erased_at=None, keep_until__lt=today).order_by("pk").values_list("pk", flat=True)
    return sum(_erase(pk, "", because="term") for pk in list(over))


def _erase(pk: int, by: str, *, because: str) -> bool:
    with transaction.atomic():
        row = SampleFile.objects.select_for_update().get(pk=pk)
        if row.erased_at is not None:
            return False
        row.erased_at, row.erased_by = timezone.now(), by
        row.save(update_fields=["erased_at", "erased_by"])
        record(Event.LINKAGE_SAMPLE_ERASED, subjects=[Subject("sample", str(row.pk))], detail={"because": because})
        # Within the transaction: a file that cannot be taken away leaves the row saying that it is there.
        with contextlib.suppress(FileNotFoundError):
            files.resolve(row.path).unlink()
    return True


def findings(version: int) -> list[CheckResult]:
    """For 接続試験, which operators read: of each kind the newest file, by line, offset, item and kind of error alone.

    A file tried with another version counts where both read alike. Without an answer to an inquiry nothing goes live: what is paid
    is computed from those.
    """
    offered = OfferedVersion.objects.filter(version=version).first()
    newest: dict[str, SampleFile] = {}
    if offered is not None:
        alike = SampleFile.objects.filter(offered__config__dialect=offered.config.get("dialect"))
        newest = {sample.kind: sample for sample in alike.order_by("id")}
    told = [_finding(sample) for sample in newest.values()]
    return told if NEEDED in newest else [*told, _missing(offered)]


def _missing(offered: OfferedVersion | None) -> CheckResult:
    kind = offered.config.get("transport", {}).get("kind") if offered is not None else ""
    if kind in _WITHOUT_FILES:
        text = "相手がファイルを出力しない接続のため、見本ファイルはまだありません。"
        return CheckResult(CHECK, CheckState.WARNING, text, "最初の実物のやり取りで、値を一つずつ確かめてください。")
    text = f"この版の書式で読んだ「{NEEDED.label}」の見本ファイルは、まだありません。"
    remedy = (
        "団体の担当者に「見本ファイルの試験」の画面で、相手が出力した見本を試すように依頼し、もう一度試験してください。"
    )
    return CheckResult(CHECK, CheckState.FAILED, text, remedy)


def _finding(sample: SampleFile) -> CheckResult:
    name = f"{CHECK}（{sample.get_kind_display()}）"
    remedy = "団体の担当者に画面で値とバイトを確かめてもらい、書式の設定を直してください。"
    if not sample.fits:
        return CheckResult(name, CheckState.FAILED, where(sample), remedy)
    if not sample.lines:
        empty = "明細が1件もないファイルです。明細のある見本を試すように依頼してください。"
        return CheckResult(name, CheckState.FAILED, "見本に明細がありません。", empty)
    return CheckResult(name, CheckState.OK, f"{sample.lines}件の明細をすべて読み取れました。")


def where(sample: SampleFile) -> str:
    """The first difference, without what stands there."""
    place = f"{sample.line}行目、先頭から{sample.offset}バイト" if sample.line else "ファイル全体"
    if not sample.readable:
        return f"{place}: {sample.expected}"
    return f"{sample.lines}件のうち{sample.faults}件に違いがあります。最初は{place}の「{sample.item}」（{sample.expected}ではありません）。"


def _subjects(offered: OfferedVersion) -> list[Subject]:
    return [Subject("adapter", str(offered.version))]
