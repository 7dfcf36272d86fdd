"""Acts on the rows of a draft: fill, take out, accept. Each is one change with its event."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from accounts.models import User
from audit.trail.vocabulary import Event
from domain.rules import Pack
from domain.yearpacks import content as rows
from domain.yearpacks.ages import age_row
from domain.yearpacks.drafting import change
from domain.yearpacks.errors import ContentRefused, ReasonMissing
from domain.yearpacks.filling import fill
from domain.yearpacks.lacking import Row, lacking_rows
from domain.yearpacks.memo import per_digest
from domain.yearpacks.models import Revision
from domain.yearpacks.own import OwnRow, own_rows
from domain.yearpacks.resolving import draft_pack
from domain.yearpacks.unconfirmed import Unconfirmed, unconfirmed_rows

lacking_of = per_digest(lacking_rows)
unconfirmed_of = per_digest(unconfirmed_rows)


def row_of(revision: Revision, row_id: str) -> tuple[Row, OwnRow | None] | None:
    """The absent or own row of this id, or the one that may always be set, with its own values where it has any."""
    pack = draft_pack(revision)
    for own in own_rows(pack, revision.content):
        if own.row.id == row_id:
            return own.row, own
    return next(((row, None) for row in (*lacking_of(pack), age_row()) if row.id == row_id), None)


def fill_row(revision: Revision, row: Row, values: dict[str, object], basis: rows.Basis, user: User) -> Pack:
    """Raises NoLongerDraft, ContentRefused."""
    ledgers = ledgers_of(revision)
    what = f"{row.kind} {row.title} {row.where}"
    return change(revision, lambda content: fill(content, row, values, basis, ledgers), user, what)


def remove_row(revision: Revision, own: OwnRow, user: User) -> Pack:
    """Take an own row out again. Raises NoLongerDraft, ContentRefused."""
    ledgers = ledgers_of(revision)
    what = f"取り除き: {own.row.kind} {own.row.title} {own.row.where}"
    return change(revision, lambda content: rows.remove(content, own.handle, ledgers), user, what)


def accept_rows(revision: Revision, names: Sequence[str], reason: str, user: User) -> Pack:
    """Take unconfirmed rows as the board's own word: who, when, why. Raises NoLongerDraft, ReasonMissing, ContentRefused."""
    if not reason.strip():
        raise ReasonMissing
    known = {row.name for row in unconfirmed_of(draft_pack(revision))}
    for name in names:
        if name not in known:
            raise ContentRefused([f"「{name}」は未確認の行ではありません。"])
    today = timezone.localdate().isoformat()

    def edit(content: rows.Content) -> rows.Content:
        return rows.accept(content, names, reason.strip()[:400], user.display_name, today)

    what = names[0] if len(names) == 1 else f"{names[0]} ほか{len(names) - 1}行"
    return change(revision, edit, user, what, event=Event.YEARPACK_ROW_ACCEPTED)


def family_of(revision: Revision, row: Unconfirmed) -> list[str]:
    """Names of the unconfirmed rows of the same kind, table and source, the row itself among them."""
    return [each.name for each in unconfirmed_of(draft_pack(revision)) if each.family == row.family]


def take_back_acceptance(revision: Revision, name: str, user: User) -> Pack:
    """The row is unconfirmed again. Raises NoLongerDraft."""
    handle = rows.key_of("accepted", {"row": name})
    return change(revision, lambda content: rows.remove(content, handle), user, f"採用の取消し: {name}")


def unconfirmed_row(revision: Revision, name: str) -> Unconfirmed | None:
    """The unconfirmed row of this name, as the draft stands."""
    return next((row for row in unconfirmed_of(draft_pack(revision)) if row.name == name), None)


def ledgers_of(revision: Revision) -> list[str]:
    """Names of the 会計区分 of the draft."""
    return [ledger.name for ledger in draft_pack(revision).ledgers]
