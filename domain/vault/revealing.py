"""The only way from a stored number to a readable one. The trail event is written first; if that fails, nothing is opened."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.access import may
from accounts.hooks import RevealSeen, on_reveal
from accounts.models import User
from accounts.numbers import has_new_factor
from accounts.permissions import Permission
from accounts.services import count_revealed
from audit.trail.actors import ActorKind, current_actor
from audit.trail.recorder import Entry, Subject, record, record_access, record_access_many
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.vault import lists, modes
from domain.vault.duties import duty_of
from domain.vault.errors import AskerMayNot, FactorTooNew, NotAllowed, NotHeld, ReasonMissing, ShownEnough
from domain.vault.models import PersonNumber
from domain.vault.numbers import Number
from domain.vault.sealing import opened
from web.text import letters_in

Field = PersonNumber.Field

SHORTEST_REASON = 10
"""Letters of a reason in words (security rules 2.2 A); a case number (with a digit in it) may be shorter."""

PEOPLE_PER_STEP_UP = 20
"""Numbers of so many people are shown on one re-authentication; then the one-time password is asked for again."""

_SHOWN = {Field.INDIVIDUAL: Event.NUMBER_INDIVIDUAL_REVEALED, Field.UNIFIED: Event.NUMBER_UNIFIED_REVEALED}
_USED = {Field.INDIVIDUAL: Event.NUMBER_INDIVIDUAL_USED, Field.UNIFIED: Event.NUMBER_UNIFIED_REVEALED}


def reveal(member: Member, field: str, *, duty: str, case: str) -> Number:
    """One number, for the person who acts: a 個人番号取扱者 in force, with a 事務コード of the list and a case.

    The page has checked the school and the step-up. Raises NotAllowed, FactorTooNew, ReasonMissing, NotHeld, ShownEnough,
    TrailUnavailable, tenants.core.keys.SealBroken.
    """
    user = _handler_in_force()
    if user is None:
        _refused(member, "role")
        raise NotAllowed
    if has_new_factor(user):
        _refused(member, "factor")
        raise FactorTooNew
    if duty_of(duty) is None or not _is_case(case):
        _refused(member, "reason")
        raise ReasonMissing
    row = PersonNumber.objects.filter(member=member, field=field, held_until=None).first()
    if row is None:
        raise NotHeld
    if not _may_show_one_more(member):
        _refused(member, "limit")
        raise ShownEnough
    subjects = [Subject("member", str(member.pk)), Subject("household", str(member.household_id))]
    allowed_by = Permission.REVEAL_NUMBER.value
    record_access(_SHOWN[Field(field)], subjects=subjects, allowed_by=allowed_by, duty=duty, case=case)
    _announce(user, member, duty, case)
    return opened(row)


def reveal_many(member_ids: Iterable[int], field: str, *, duty: str, case: str) -> dict[int, Number]:
    """Numbers for a job (exchange with 統合宛名): one event for each person, all written before the first is opened.

    People without a number are left out. Never for a page: raises NotAllowed for a person outside a job. Raises AskerMayNot and
    FactorTooNew (a job of somebody for whom no page would open either, at this moment), ReasonMissing,
    TrailUnavailable, ListMissing (where the prefecture asks for an approved list: `domain.vault.lists`).
    """
    _require_asker()
    if not duty.strip() or not case.strip():
        raise ReasonMissing
    rows = list(PersonNumber.objects.filter(member_id__in=list(member_ids), field=field, held_until=None))
    if rows and modes.rules().needs_list:
        lists.claim([row.member_id for row in rows], field)
    event = _USED[Field(field)]
    record_access_many(
        Entry(event, [Subject("member", str(row.member_id))], allowed_by="job", duty=duty, case=case) for row in rows
    )
    return {row.member_id: opened(row) for row in rows}


def _require_asker() -> None:
    """Whose job it is, as they are now: a leaver stops at 0:00, their jobs too. What runs by the clock is nobody's."""
    actor = current_actor()
    if actor.kind is ActorKind.PERSON:
        raise NotAllowed
    if actor.kind is not ActorKind.JOB or not actor.id.isdecimal():
        return
    user = User.objects.filter(pk=int(actor.id)).first()
    if user is None or not user.is_current(timezone.localdate()) or not may(user, Permission.RUN_LINKAGE):
        raise AskerMayNot
    if has_new_factor(user):
        raise FactorTooNew


def _is_case(case: str) -> bool:
    text = case.strip()
    letters = letters_in(text)
    return letters >= SHORTEST_REASON or (len(text) >= 3 and letters >= 2 and any(letter.isdigit() for letter in text))


def _handler_in_force() -> User | None:
    actor = current_actor()
    if actor.kind is not ActorKind.PERSON or not actor.id.isdigit():
        return None
    user = User.objects.filter(pk=int(actor.id)).first()
    current = user is not None and user.is_current(timezone.localdate())
    return user if user is not None and current and may(user, Permission.REVEAL_NUMBER) else None


def _may_show_one_more(member: Member) -> bool:
    """The guard names the session of every page; outside of pages there is none to count in."""
    session = current_actor().session
    try:
        known = uuid.UUID(session)
    except ValueError:
        return True
    return known.int == 0 or count_revealed(str(known), f"member:{member.pk}", PEOPLE_PER_STEP_UP)


def _refused(member: Member, why: str) -> None:
    with transaction.atomic():
        record(Event.NUMBER_INDIVIDUAL_REFUSED, subjects=[Subject("member", str(member.pk))], detail={"reason": why})


def _announce(user: User, member: Member, duty: str, case: str) -> None:
    with transaction.atomic():
        session = current_actor().session or str(uuid.UUID(int=0))
        on_reveal.announce(RevealSeen(user.pk, session, timezone.now(), f"member:{member.pk}", duty, case))
