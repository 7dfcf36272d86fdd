"""Account requests (利用者の申請): asked by one person, approved and thereby carried out by another."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import ensure_second_person
from accounts.actors import subject
from accounts.errors import AccountNotCurrent, RequestClosed, UsernameTaken
from accounts.models import AccountRequest, User
from accounts.permissions import Permission
from accounts.roles import Role
from accounts.second_person import carrying_out, is_founding, two_person
from accounts.services import activation, people, roles
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

Kind, State = AccountRequest.Kind, AccountRequest.State


APPROVAL = two_person(
    "accounts.request",
    "利用者の申請の承認",
    first=Permission.MANAGE_USERS,
    second=Permission.APPROVE_ACCOUNT,
)


def ask_for_person(facts: dict[str, Any], by: User) -> AccountRequest:
    """A new person; `facts` as `create_user` takes them. Raises UsernameTaken, DatesInverted, ValidationError."""
    candidate = people.new_user(**facts)
    waiting = AccountRequest.objects.filter(kind=Kind.PERSON, state=State.WAITING)
    if waiting.filter(content__username=candidate.username).exists():
        raise UsernameTaken
    return _ask(Kind.PERSON, None, _plain(facts | {"username": candidate.username}), by)


def ask_for_role(user: User, facts: dict[str, Any], by: User) -> AccountRequest:
    """A role; `facts` as `assign_role` takes them. Raises RoleNotAllowed, DatesInverted, SamePerson."""
    people.refuse_self(user)
    roles.require_assignable(user, **facts)
    return _ask(Kind.ROLE, user, _plain(facts), by)


def ask_for_code(user: User, by: User) -> AccountRequest:
    """A new activation code for somebody who was enrolled before. Raises SamePerson, AccountNotCurrent, RequestClosed."""
    people.refuse_self(user)
    why_not = activation.why_no_code(user)
    if why_not:
        raise AccountNotCurrent(why_not)
    return _ask(Kind.CODE, user, {}, by)


def approve(request_id: int, by: User) -> AccountRequest:
    """As the second person; what was asked for is done at once (a code may then be issued within 24 hours).

    Raises RequestClosed, SamePerson (who asked, or whose account it is), and whatever the act itself refuses.
    """
    with transaction.atomic():
        row = _waiting(request_id)
        APPROVAL.require(row.asked_by, by)
        if row.user is not None:
            ensure_second_person(row.user.pk, by)
        _close(row, State.APPROVED, by, Event.ACCOUNT_REQUEST_APPROVED)
        with carrying_out():
            _carry_out(row)
    return row


def turn_down(request_id: int, by: User) -> AccountRequest:
    """Withdraw one's own request, or refuse another's. Raises RequestClosed."""
    with transaction.atomic():
        row = _waiting(request_id)
        if row.asked_by == by.username:
            _close(row, State.WITHDRAWN, by, Event.ACCOUNT_REQUEST_WITHDRAWN)
        else:
            _close(row, State.REFUSED, by, Event.ACCOUNT_REQUEST_REFUSED)
    return row


def _ask(kind: AccountRequest.Kind, user: User | None, content: dict[str, Any], by: User) -> AccountRequest:
    row = AccountRequest(kind=kind, user=user, content=content, asked_by=by.username, asked_at=timezone.now())
    with transaction.atomic():
        _insert(row)
        direct = is_founding(by.pk)
        record(Event.ACCOUNT_REQUEST_MADE, subjects=_subjects(row), detail={"kind": kind.value, "direct": direct})
        if direct:
            row.state, row.decided_at = State.DIRECT, row.asked_at
            row.save(update_fields=["state", "decided_at"])
            _carry_out(row)
    return row


def _insert(row: AccountRequest) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RequestClosed("同じ申請が承認を待っています。申請の一覧を確かめてください。") from error


def _waiting(request_id: int) -> AccountRequest:
    row = AccountRequest.objects.select_for_update(of=("self",)).select_related("user").filter(pk=request_id).first()
    if row is None or row.state != State.WAITING:
        raise RequestClosed
    return row


def _close(row: AccountRequest, state: AccountRequest.State, by: User, event: Event) -> None:
    row.state, row.decided_by, row.decided_at = state, by.username, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    record(event, subjects=_subjects(row), detail={"kind": row.kind, "request": row.pk})


def _carry_out(row: AccountRequest) -> None:
    facts = _typed(row.content)
    if row.kind == Kind.PERSON:
        row.user = people.create_user(**facts)
        row.save(update_fields=["user"])
    elif row.kind == Kind.ROLE and row.user is not None:
        roles.assign_role(row.user, Role(facts.pop("role")), **facts)


def _subjects(row: AccountRequest) -> list[Any]:
    return [subject(row.user)] if row.user is not None else []


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in facts.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.username if isinstance(value, User) else value


def _typed(content: dict[str, Any]) -> dict[str, Any]:
    days = ("starts_on", "ends_on", "training_on")
    facts = {name: date.fromisoformat(value) if name in days and value else value for name, value in content.items()}
    if facts.get("acting_for"):
        facts["acting_for"] = User.objects.get(username=facts["acting_for"])
    return facts
