"""改訂: opened, filled, proposed by one person, approved by another. Every act keeps its step of history and its event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.errors import RequestStale
from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.rules import Pack, PackError
from domain.rules.canonical import digest_of
from domain.yearpacks import content as rows
from domain.yearpacks.choosing import require_base
from domain.yearpacks.errors import (
    ContentRefused,
    NoLongerDraft,
    NothingToPropose,
    NotYourProposal,
    ReasonMissing,
    WrongState,
)
from domain.yearpacks.models import Revision, RevisionStep
from domain.yearpacks.resolving import draft_pack, keep_revision
from tenants.core.context import require_prefecture
from web.dates import fiscal_year_label
from web.formatting import format_moment

State = Revision.State
Change = Callable[[rows.Content], rows.Content]


APPROVAL = two_person(
    "yearpacks.revision",
    "年度定義の改訂の承認",
    first=Permission.EDIT_YEARPACK,
    second=Permission.APPROVE_YEARPACK,
    refusal="提案した本人は承認できません。別の承認者に依頼してください。",
    again="差し戻して提案し直してください。",
    everywhere=True,
)


@transaction.atomic
def open_draft(
    fiscal_year: int, base: str, shipped: Sequence[str], user: User, *, copy_of: Revision | None = None
) -> Revision:
    """A new draft, empty or with the content of an earlier revision of the same year and base. Raises BaseUnknown."""
    require_base(base, tuple(shipped), fiscal_year)
    numbers = Revision.objects.select_for_update().filter(fiscal_year=fiscal_year).order_by("pk")
    number = (
        Revision.objects.filter(pk__in=[each.pk for each in numbers]).aggregate(Max("number"))["number__max"] or 0
    ) + 1
    title = f"{require_prefecture().name} {fiscal_year_label(fiscal_year)} 第{number}版"[:60]
    content = rows.empty(title, fiscal_year, base)
    if copy_of is not None:
        content = {**copy_of.content, "pack": content["pack"]}
    row = Revision.objects.create(
        fiscal_year=fiscal_year,
        number=number,
        title=title,
        base=base,
        shipped=list(shipped),
        content=content,
        created_by=user.display_name,
    )
    _step(row, "", user, f"{copy_of.label}の内容から" if copy_of else "")
    record(
        Event.YEARPACK_REVISION_OPENED,
        subjects=[_subject(row)],
        detail={"revision": row.name, "base": base, "copy_of": copy_of.name if copy_of else ""},
        allowed_by="edit_yearpack",
    )
    return row


@transaction.atomic
def change(revision: Revision, edit: Change, user: User, what: str, *, event: Event | None = None) -> Pack:
    """Apply `edit` to the draft; what comes out must be a pack. Raises NoLongerDraft, ContentRefused. The pack it gives."""
    row = held_draft(revision)
    row.content = edit(row.content)
    pack = pack_or_refusal(row)
    row.save(update_fields=["content", "updated_at"])
    revision.content = row.content
    record(
        event or Event.YEARPACK_REVISION_CHANGED,
        subjects=[_subject(row)],
        detail={"revision": row.name, "what": what[:200], "content": content_digest(row)[:23]},
        allowed_by="edit_yearpack",
    )
    return pack


@transaction.atomic
def propose(revision: Revision, user: User) -> Revision:
    """Ask a second person to approve; from here on the content waits unchanged. Raises WrongState, NothingToPropose."""
    row = held(revision, State.DRAFT)
    if rows.is_empty(row.content):
        raise NothingToPropose
    row.digest = pack_or_refusal(row).digest
    row.proposed_by, row.proposed_at = user.username, timezone.now()
    return _move(row, State.PROPOSED, user, Event.YEARPACK_REVISION_PROPOSED, ["digest", "proposed_by", "proposed_at"])


@transaction.atomic
def send_back(revision: Revision, user: User, reason: str) -> Revision:
    """Back to the draft, with a reason. Raises WrongState, ReasonMissing."""
    return _back_to_draft(held(revision, State.PROPOSED), user, reason, Event.YEARPACK_REVISION_RETURNED)


@transaction.atomic
def recall(revision: Revision, user: User, reason: str) -> Revision:
    """Who proposed takes the proposal back before it is decided; the draft can be filled again, with all it holds.

    Raises WrongState, NotYourProposal, ReasonMissing.
    """
    row = held(revision, State.PROPOSED)
    if row.proposed_by != user.username:
        raise NotYourProposal
    return _back_to_draft(row, user, reason, Event.YEARPACK_REVISION_RECALLED)


@transaction.atomic
def approve(revision: Revision, user: User, digest: str) -> Revision:
    """Approve, as the second person, the content whose digest was shown. From now on it never changes.

    Raises WrongState (also when another content was shown), SamePerson, RequestStale, ContentRefused.
    """
    row = held(revision, State.PROPOSED)
    APPROVAL.require(row.proposed_by or "", user)
    if stale := why_stale(row):
        raise RequestStale(stale)
    if digest != row.digest:
        raise WrongState(row.get_state_display())
    if pack_or_refusal(row).digest != row.digest:
        raise ContentRefused(["提案の後に、もとの年度定義が変わりました。差し戻して、もう一度提案してください。"])
    keep_revision(row)
    row.approved_by, row.approved_at = user.username, timezone.now()
    return _move(row, State.APPROVED, user, Event.YEARPACK_REVISION_APPROVED, ["approved_by", "approved_at"])


def why_stale(row: Revision) -> str:
    """Why nobody may approve this proposal any more; "" while somebody may, and for what is not proposed."""
    return APPROVAL.why_stale(row.proposed_by or "", row.proposed_at) if row.proposed_at else ""


@transaction.atomic
def withdraw(revision: Revision, user: User, reason: str) -> Revision:
    """Give a draft or a proposal up. Raises WrongState, ReasonMissing."""
    row = held(revision, State.DRAFT, State.PROPOSED)
    if not reason.strip():
        raise ReasonMissing
    return _move(row, State.WITHDRAWN, user, Event.YEARPACK_REVISION_WITHDRAWN, [], reason)


def held(revision: Revision, *states: str) -> Revision:
    """The revision, locked, in one of these states. Raises WrongState."""
    row = Revision.objects.select_for_update().get(pk=revision.pk)
    if row.state not in states:
        raise WrongState(row.get_state_display())
    return row


def held_draft(revision: Revision) -> Revision:
    """The draft, locked. Raises NoLongerDraft."""
    try:
        return held(revision, State.DRAFT)
    except WrongState:
        raise NoLongerDraft(what_happened(revision)) from None


def what_happened(revision: Revision) -> str:
    """Who moved the revision to the state it is in, when and why: 令和7年度 第2版は、…が承認を求めました（承認待ち）。"""
    step = revision.steps.last()
    if step is None:
        return f"{revision.label}は、いま「{revision.get_state_display()}」です。"
    why = f"　理由: {step.reason}" if step.reason else ""
    did, state = _DID[State(step.to_state)], step.get_to_state_display()
    return f"{revision.label}は、{step.by}が{format_moment(step.at)}に{did}（いまの状態: {state}{why}）。"


_DID = {
    State.DRAFT: "作成中にしました",
    State.PROPOSED: "承認を求めました",
    State.APPROVED: "承認しました",
    State.WITHDRAWN: "取り下げました",
}


def pack_or_refusal(row: Revision) -> Pack:
    """The pack of the content as it stands. Raises ContentRefused naming every fault."""
    try:
        return draft_pack(row)
    except PackError as error:
        raise ContentRefused([plain_fault(fault) for fault in error.faults]) from None


def plain_fault(fault: str) -> str:
    """A fault of the pack reader without the file's own words in front."""
    place, colon, words = fault.partition(": ")
    return words if colon and words and " " not in place else fault


def content_digest(row: Revision) -> str:
    """Digest of the revision's own content alone."""
    return digest_of(row.content)


def _back_to_draft(row: Revision, user: User, reason: str, event: Event) -> Revision:
    if not reason.strip():
        raise ReasonMissing
    row.digest, row.proposed_by, row.proposed_at = "", None, None
    return _move(row, State.DRAFT, user, event, ["digest", "proposed_by", "proposed_at"], reason)


def _move(row: Revision, to: str, user: User, event: Event, fields: list[str], reason: str = "") -> Revision:
    before, row.state = row.state, to
    row.save(update_fields=["state", "updated_at", *fields])
    _step(row, before, user, reason)
    detail: dict[str, Any] = {"revision": row.name, "digest": row.digest, "from": before}
    permission = "approve_yearpack" if to == State.APPROVED else "edit_yearpack"
    record(event, subjects=[_subject(row)], detail=detail, allowed_by=permission)
    return row


def _step(row: Revision, before: str, user: User, reason: str) -> None:
    RevisionStep.objects.create(
        revision=row, from_state=before, to_state=row.state, by=user.display_name, reason=reason.strip()[:400]
    )


def _subject(row: Revision) -> Subject:
    return Subject("revision", str(row.pk))
