"""適用: from which day which revision is used. Proposed by one person, approved by another, never changed afterwards."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.rules import Pack
from domain.yearpacks.choosing import Chosen, NoneToChoose, default_of
from domain.yearpacks.errors import DayRefused, NotYourProposal, PastDecided, ReasonMissing, WrongState
from domain.yearpacks.models import InForce, Revision
from domain.yearpacks.past import decided_from
from domain.yearpacks.resolving import pack_of
from web.dates import to_wareki

State = InForce.State
YEARS_AFTER = 5
"""Years after its own in which a year's decisions may still be made (支給を受ける権利の時効)."""


NEXT_ONE = "前の提案は承認できなくなっていたため、次の提案のときに取り下げました。"
APPROVAL = two_person(
    "yearpacks.force",
    "年度定義の適用の承認",
    first=Permission.EDIT_YEARPACK,
    second=Permission.APPROVE_YEARPACK,
    refusal="提案した本人は承認できません。別の承認者に依頼してください。",
    again="必要なら、もう一度提案してください。前の提案は、そのときに取り下げられます。",
    everywhere=True,
)


def in_force_on(fiscal_year: int, day: datetime.date) -> InForce | None:
    """What was last put in force by `day`; None: nothing ever was."""
    rows = InForce.objects.filter(fiscal_year=fiscal_year, state=State.APPROVED, starts_on__lte=day)
    return rows.select_related("revision").order_by("-starts_on", "-pk").first()


def chosen_on(fiscal_year: int, day: datetime.date | None = None) -> Chosen | None:
    """Base and overlays that new decisions of the year use on `day` (today); None: nothing was ever put in force."""
    row = in_force_on(fiscal_year, day or timezone.localdate())
    if row is None:
        return None
    return _chosen(fiscal_year, row.revision)


def pack_on(fiscal_year: int, day: datetime.date) -> Pack | None:
    """The pack that new decisions of the year use on a day; None where nothing is in force and there is none, or more than one."""
    try:
        chosen = chosen_on(fiscal_year, day) or default_of(fiscal_year)
    except NoneToChoose:
        return None
    return pack_of(chosen.pack, chosen.overlays)


@transaction.atomic
def propose_in_force(
    fiscal_year: int, revision: Revision | None, starts_on: datetime.date, reason: str, user: User
) -> InForce:
    """Ask a second person to put `revision` (None: the shipped pack alone) in force from `starts_on`.

    Raises WrongState, DayRefused, PastDecided, ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    if revision is not None and (revision.state != Revision.State.APPROVED or revision.fiscal_year != fiscal_year):
        raise WrongState(revision.get_state_display())
    waiting = InForce.objects.filter(fiscal_year=fiscal_year, state=State.PROPOSED)
    for other in APPROVAL.gives_way(waiting, lambda row: _give_up(row, user, Event.YEARPACK_FORCE_WITHDRAWN, NEXT_ONE)):
        raise WrongState(other.get_state_display())
    _check_day(fiscal_year, revision, starts_on)
    row = InForce.objects.create(
        fiscal_year=fiscal_year,
        revision=revision,
        starts_on=starts_on,
        reason=reason.strip()[:400],
        proposed_by=user.username,
    )
    _record(Event.YEARPACK_FORCE_PROPOSED, row, "edit_yearpack")
    return row


@transaction.atomic
def approve_in_force(row: InForce, user: User) -> InForce:
    """Approve as the second person. Raises WrongState, SamePerson, RequestStale, PastDecided (decided since it was proposed)."""
    row = _waiting(row)
    APPROVAL.require(row.proposed_by, user)
    APPROVAL.require_current(row.proposed_by, row.proposed_at)
    _check_day(row.fiscal_year, row.revision, row.starts_on)
    row.state, row.approved_by, row.approved_at = State.APPROVED, user.username, timezone.now()
    row.save(update_fields=["state", "approved_by", "approved_at"])
    _record(Event.YEARPACK_FORCE_APPROVED, row, "approve_yearpack")
    return row


@transaction.atomic
def withdraw_in_force(row: InForce, user: User, reason: str) -> InForce:
    """Who proposed takes the proposal back. Raises WrongState, NotYourProposal, ReasonMissing."""
    row = _waiting(row)
    if row.proposed_by != user.username:
        raise NotYourProposal
    return _give_up(row, user, Event.YEARPACK_FORCE_WITHDRAWN, reason)


@transaction.atomic
def return_in_force(row: InForce, user: User, reason: str) -> InForce:
    """The second person turns a proposal down. Raises WrongState, SamePerson, ReasonMissing."""
    row = _waiting(row)
    APPROVAL.require(row.proposed_by, user)
    return _give_up(row, user, Event.YEARPACK_FORCE_RETURNED, reason)


def _give_up(row: InForce, user: User, event: Event, reason: str) -> InForce:
    """Written down in the row for good: who, when, why."""
    if not reason.strip():
        raise ReasonMissing
    row.state, row.withdrawn_why = State.WITHDRAWN, reason.strip()[:400]
    row.withdrawn_by, row.withdrawn_at = user.username, timezone.now()
    row.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawn_why"])
    own = event is Event.YEARPACK_FORCE_WITHDRAWN
    _record(event, row, (Permission.EDIT_YEARPACK if own else Permission.APPROVE_YEARPACK).value)
    return row


def _waiting(row: InForce) -> InForce:
    held = InForce.objects.select_for_update(of=("self",)).select_related("revision").get(pk=row.pk)
    if held.state != State.PROPOSED:
        raise WrongState(held.get_state_display())
    return held


def _check_day(fiscal_year: int, revision: Revision | None, day: datetime.date) -> None:
    first, last = datetime.date(fiscal_year - 1, 4, 1), datetime.date(fiscal_year + 1 + YEARS_AFTER, 3, 31)
    if not first <= day <= last:
        raise DayRefused(f"適用開始日は{to_wareki(first)}から{to_wareki(last)}までの日にしてください。")
    newest = InForce.objects.filter(fiscal_year=fiscal_year, state=State.APPROVED).order_by("-starts_on").first()
    if newest is not None and day < newest.starts_on:
        raise DayRefused(
            f"{to_wareki(newest.starts_on)}から適用するものが承認済みです。それ以後の日を入力してください。"
        )
    digest = _pack(fiscal_year, revision).digest
    decided = [each.words for each in decided_from(fiscal_year, day, digest)]
    if decided:
        raise PastDecided(decided)


def pack_in_force(row: InForce) -> Pack:
    """The pack that is used when this row counts."""
    return _pack(row.fiscal_year, row.revision)


def _pack(fiscal_year: int, revision: Revision | None) -> Pack:
    chosen = _chosen(fiscal_year, revision)
    return pack_of(chosen.pack, chosen.overlays)


def _chosen(fiscal_year: int, revision: Revision | None) -> Chosen:
    return default_of(fiscal_year) if revision is None else Chosen(revision.base, revision.overlays)


def _record(event: Event, row: InForce, allowed_by: str) -> None:
    detail: dict[str, JSON] = {
        "fiscal_year": row.fiscal_year,
        "revision": row.revision.name if row.revision else "",
        "starts_on": row.starts_on.isoformat(),
    }
    record(event, subjects=[Subject("force", str(row.pk))], detail=detail, allowed_by=allowed_by)
