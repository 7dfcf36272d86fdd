"""What the pages ask: revisions, what is in force, the pack to compare with."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone

from domain.rules import Pack
from domain.yearpacks.choosing import Chosen, NoneToChoose, default_of
from domain.yearpacks.forcing import chosen_on
from domain.yearpacks.models import InForce, Revision, WorkbookUpload
from domain.yearpacks.resolving import draft_pack, pack_by_digest, pack_of
from tenants.core.context import require_prefecture


def working_year() -> int:
    """The year the prefecture works on."""
    return int(require_prefecture().working_year)


def find_revision(revision_id: int) -> Revision:
    """Raises Http404."""
    row = Revision.objects.filter(pk=revision_id).first()
    if row is None:
        raise Http404("年度定義の改訂がありません")
    return row


def find_force(force_id: int) -> InForce:
    """Raises Http404."""
    row = InForce.objects.select_related("revision").filter(pk=force_id).first()
    if row is None:
        raise Http404("適用の提案がありません")
    return row


def find_upload(upload_id: int) -> WorkbookUpload:
    """Raises Http404."""
    row = WorkbookUpload.objects.select_related("revision").filter(pk=upload_id).first()
    if row is None:
        raise Http404("読み込んだExcelがありません")
    return row


def used_now(fiscal_year: int) -> Chosen:
    """What new decisions use today. Raises NoneToChoose."""
    return chosen_on(fiscal_year) or default_of(fiscal_year)


def pack_now(fiscal_year: int) -> Pack:
    """The pack new decisions use today. Raises NoneToChoose, PackError, YearpackError."""
    chosen = used_now(fiscal_year)
    return pack_of(chosen.pack, chosen.overlays)


def pack_before(revision: Revision) -> Pack:
    """What a revision is compared with: what is used now, but never itself: then the definition it is laid over."""
    under = Chosen(revision.base, tuple(revision.shipped))
    try:
        chosen = used_now(revision.fiscal_year)
    except NoneToChoose:
        chosen = under
    if revision.name in chosen.overlays:
        chosen = under
    return pack_of(chosen.pack, chosen.overlays)


def pack_of_revision(revision: Revision) -> Pack:
    """As approved, or as the draft stands. Raises PackError, YearpackError."""
    return pack_by_digest(revision.digest) if revision.state == Revision.State.APPROVED else draft_pack(revision)


def today_in_force(rows: list[InForce]) -> int | None:
    """Primary key of the row that counts today."""
    come = [row for row in rows if row.state == InForce.State.APPROVED and row.starts_on <= timezone.localdate()]
    newest = max(come, key=lambda row: (row.starts_on, row.pk), default=None)
    return newest.pk if newest else None
