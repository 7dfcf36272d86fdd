"""代決・代理: a role held in another's place, for some days. Ends with the role it stands for, at the latest."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actors import subject
from accounts.errors import RoleNotAllowed
from accounts.models import EndReason, RoleAssignment, User
from accounts.roles import Role
from accounts.services.sessions import end_live_session
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from web.dates import to_wareki

LONGEST: Final = timedelta(days=366)
NEVER_BY_DEPUTY: Final = frozenset({Role.NUMBER_HANDLER})
"""Handling numbers is a duty of trained people by name (番号法ガイドライン 別添1); nobody does it in another's place."""


def require_fit(assignment: RoleAssignment) -> None:
    """Raises RoleNotAllowed when the assignment is a deputy's and cannot be one."""
    principal = assignment.acting_for
    if principal is None:
        return
    if principal.pk == assignment.user.pk:
        raise RoleNotAllowed("自分の代決・代理はできません。ほかの職員を選んでください。")
    if assignment.role in NEVER_BY_DEPUTY:
        raise RoleNotAllowed("個人番号取扱者は代理できません。研修を受けた人に役割を付与してください。")
    if assignment.ends_on is None:
        raise RoleNotAllowed("代決・代理には終了日が必要です。終了日を入力してください。")
    if assignment.ends_on - assignment.starts_on > LONGEST:
        raise RoleNotAllowed("代決・代理は1年以内にしてください。")
    if principal.ends_on is not None and principal.ends_on < assignment.ends_on:
        raise RoleNotAllowed(
            f"{principal.display_name}さんの利用終了日（{to_wareki(principal.ends_on)}）より後になります。"
            "終了日をその日までにしてください。"
        )
    if not any(_covers(own, assignment) for own in principal.role_assignments.filter(acting_for=None)):
        raise RoleNotAllowed(
            f"{principal.display_name}さんは、この期間にその役割（学校）を持っていません。相手・役割・学校・日付を確かめてください。"
        )


def _covers(own: RoleAssignment, wanted: RoleAssignment) -> bool:
    """Whether the principal holds the role over all of the days, for that school or for all of them."""
    ends = own.ends_on or date.max
    days = own.starts_on <= wanted.starts_on and (wanted.ends_on or date.max) <= ends
    return days and own.role == wanted.role and own.school_code in ("", wanted.school_code)


def take_back(assignment: RoleAssignment) -> None:
    """End a deputy's role at once. The row stays, for what was done with it is judged by it later."""
    assignment.ended_at = timezone.now()
    assignment.save(update_fields=["ended_at"])
    detail = {"role": assignment.role, "acting_for": str(assignment.acting_for_id)}
    record(Event.ACCOUNT_ROLE_ENDED, subjects=[subject(assignment.user)], detail=detail)
    end_live_session(assignment.user, EndReason.ROLE)


def end_of(assignment: RoleAssignment, last: date) -> None:
    """The principal's role ends after `last`: whoever stands in for it stops with it, on the same day and not before."""
    for deputy in _standing_in(assignment.user).filter(role=assignment.role, ends_on__gt=last):
        if assignment.school_code not in ("", deputy.school_code):
            continue
        end_one(deputy, last)


def end_one(deputy: RoleAssignment, last: date) -> None:
    """On that day and not before; at once where it is over by then."""
    if max(deputy.starts_on, timezone.localdate()) > last:
        take_back(deputy)
    else:
        _shorten(deputy, last)


def _shorten(assignment: RoleAssignment, last: date) -> None:
    assignment.ends_on = last
    assignment.save(update_fields=["ends_on"])
    detail = {"role": assignment.role, "acting_for": str(assignment.acting_for_id), "ends_on": last.isoformat()}
    record(Event.ACCOUNT_ROLE_ENDED, subjects=[subject(assignment.user)], detail=detail)


def end_all_of(principal: User) -> None:
    """The principal's account was stopped."""
    for deputy in _standing_in(principal):
        take_back(deputy)


def _standing_in(principal: User) -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.select_related("user").filter(acting_for=principal, ended_at=None)
