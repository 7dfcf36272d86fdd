"""Requests (利用者の申請): asked by one person, approved and thereby carried out by another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actors import subject
from accounts.errors import AccountNotCurrent, RequestClosed, UsernameTaken
from accounts.models import AccountRequest, User
from accounts.permissions import Permission
from accounts.roles import Role
from accounts.second_person import carrying_out, is_founding, two_person
from accounts.services import activation, people, places, roles, sections, vendor
from audit.trail.recorder import record
from audit.trail.vocabulary import Event

Kind, State = AccountRequest.Kind, AccountRequest.State


WAITS_ALREADY = "同じ申請が承認を待っています。申請の一覧を確かめてください。"
APPROVAL = two_person(
    "accounts.request",
    "利用者の申請の承認",
    first=Permission.MANAGE_USERS,
    second=Permission.APPROVE_ACCOUNT,
    asker="asked_by",
    asked_at="asked_at",
)


def ask_for_person(facts: dict[str, Any], by: User) -> AccountRequest:
    """A new person; `facts` as `create_user` takes them. Raises UsernameTaken, DatesInverted, ValidationError."""
    candidate = people.new_user(**facts)
    same = AccountRequest.objects.filter(kind=Kind.PERSON, content__username=candidate.username)
    if not _make_room(same, by):
        raise UsernameTaken
    return _ask(Kind.PERSON, None, _plain(facts | {"username": candidate.username}), by, same=("username",))


def ask_for_role(user: User, facts: dict[str, Any], by: User) -> AccountRequest:
    """A role; `facts` as `assign_role` takes them. Raises RoleNotAllowed, DatesInverted, SamePerson, RequestClosed."""
    people.refuse_self(user)
    roles.require_assignable(user, **facts)
    _make_room(AccountRequest.objects.filter(kind=Kind.ROLE, user=user, content__role=str(facts["role"])), by)
    return _ask(Kind.ROLE, user, _plain(facts), by, same=tuple(facts))


def ask_for_code(user: User, by: User) -> AccountRequest:
    """A new activation code for somebody who was enrolled before. Raises SamePerson, AccountNotCurrent, RequestClosed."""
    people.refuse_self(user)
    why_not = activation.why_no_code(user)
    if why_not:
        raise AccountNotCurrent(why_not)
    if not _make_room(AccountRequest.objects.filter(kind=Kind.CODE, user=user), by):
        raise RequestClosed(WAITS_ALREADY)
    return _ask(Kind.CODE, user, {}, by)


def ask_for_place(kind: str, value: str, name: str, by: User) -> AccountRequest:
    """Register a network or terminal (`kind`) for numbers. Raises PlaceRefused, RequestClosed."""
    kept = places.require_new(kind, value)
    return _ask_once(Kind.PLACE, {"kind": kind, "value": kept, "name": name}, by, same=("kind", "value"))


def ask_to_remove_place(kind: str, place: places.Place, by: User, *, as_the_last: bool = False) -> AccountRequest:
    """Raises PlaceRefused, RequestClosed. `as_the_last` counts where nobody has to approve, else the second person says it."""
    content = {"kind": kind, "place": place.pk, "words": str(place)}
    return _ask_once(Kind.PLACE_END, content, by, same=("kind", "place"), as_the_last=as_the_last)


def ask_for_section(facts: dict[str, Any], by: User) -> AccountRequest:
    """Make or change a 係・担当; `facts` as `sections.put` takes them. Raises SectionRefused, DatesInverted, RequestClosed."""
    sections.require_fit(**facts)
    return _ask_once(Kind.SECTION, _plain(facts), by, same=("name",))


def ask_for_window(operator: str, purpose: str, pages: Iterable[str], hours: int, by: User) -> AccountRequest:
    """Let one operator of the vendor in, for so many hours from the approval on. Raises WindowRefused, RequestClosed.

    Call outside of transactions: whether there is such an operator is asked of the console.
    """
    vendor.require_operator(operator)
    chosen = vendor.require_fit(purpose, pages, timedelta(hours=hours))
    content = {"operator": operator, "purpose": purpose.strip(), "pages": chosen, "hours": hours}
    return _ask_once(Kind.VENDOR, content, by, same=("operator",))


def approve(request_id: int, by: User, *, as_the_last: bool = False) -> AccountRequest:
    """As the second person; what was asked for is done at once (a code may then be issued within 24 hours).

    Nobody approves what they asked for, nor what is about themselves, nor in the place of either. `as_the_last`: they
    know that the last place of its kind goes. Call outside of transactions: for a vendor's entry the console is asked.
    Raises RequestClosed, SamePerson, RequestStale, and whatever the act itself refuses.
    """
    _ask_console(request_id)
    with transaction.atomic():
        row = _waiting(request_id)
        for first in parties(row):
            APPROVAL.require(first, by)
        APPROVAL.require_current(row.asked_by, row.asked_at)
        _close(row, State.APPROVED, by, Event.ACCOUNT_REQUEST_APPROVED)
        with carrying_out():
            _carry_out(row, as_the_last)
    return row


def parties(row: AccountRequest) -> list[str]:
    """職員ID of whoever may not be the second person: who asked, and whom it is about."""
    return [row.asked_by, *([row.user.username] if row.user else [])]


def _ask_console(request_id: int) -> None:
    row = AccountRequest.objects.filter(pk=request_id, kind=Kind.VENDOR, state=State.WAITING).first()
    if row is not None:
        vendor.require_operator(row.content["operator"])


def turn_down(request_id: int, by: User) -> AccountRequest:
    """Withdraw one's own request, or refuse another's. Raises RequestClosed."""
    with transaction.atomic():
        row = _waiting(request_id)
        if row.asked_by == by.username:
            _close(row, State.WITHDRAWN, by, Event.ACCOUNT_REQUEST_WITHDRAWN)
        else:
            _close(row, State.REFUSED, by, Event.ACCOUNT_REQUEST_REFUSED)
    return row


def _ask_once(
    kind: AccountRequest.Kind, content: dict[str, Any], by: User, *, same: tuple[str, ...], as_the_last: bool = False
) -> AccountRequest:
    """Ask, unless the same waits already; of two at once the second is refused by the table."""
    known = {f"content__{name}": content[name] for name in same}
    if not _make_room(AccountRequest.objects.filter(kind=kind, **known), by):
        raise RequestClosed(WAITS_ALREADY)
    return _ask(kind, None, content, by, same=same, as_the_last=as_the_last)


@transaction.atomic
def _make_room(same: QuerySet[AccountRequest], by: User) -> bool:
    """Take back those that nobody may approve any more; whether none is left that waits in earnest."""
    waiting = same.filter(state=State.WAITING)
    return not APPROVAL.gives_way(
        waiting, lambda row: _close(row, State.WITHDRAWN, by, Event.ACCOUNT_REQUEST_WITHDRAWN)
    )


def _ask(
    kind: AccountRequest.Kind,
    user: User | None,
    content: dict[str, Any],
    by: User,
    *,
    same: tuple[str, ...] = (),
    as_the_last: bool = False,
) -> AccountRequest:
    """`same`: the entries of `content` in which another waiting request of this kind and person must differ."""
    row = AccountRequest(kind=kind, user=user, content=content, asked_by=by.username, asked_at=timezone.now())
    row.same_as = _digest([kind.value, user.pk if user else None, {name: content[name] for name in same}])
    with transaction.atomic():
        _insert(row)
        direct = is_founding(by.pk)
        record(Event.ACCOUNT_REQUEST_MADE, subjects=_subjects(row), detail={"kind": kind.value, "direct": direct})
        if direct:
            row.state, row.decided_at = State.DIRECT, row.asked_at
            row.save(update_fields=["state", "decided_at"])
            _carry_out(row, as_the_last)
    return row


def _digest(what: Any) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _insert(row: AccountRequest) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RequestClosed(WAITS_ALREADY) from error


def _waiting(request_id: int) -> AccountRequest:
    row = AccountRequest.objects.select_for_update(of=("self",)).select_related("user").filter(pk=request_id).first()
    if row is None or row.state != State.WAITING:
        raise RequestClosed
    return row


def _close(row: AccountRequest, state: AccountRequest.State, by: User, event: Event) -> None:
    row.state, row.decided_by, row.decided_at = state, by.username, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    record(event, subjects=_subjects(row), detail={"kind": row.kind, "request": row.pk})


def _carry_out(row: AccountRequest, as_the_last: bool = False) -> None:
    if row.kind == Kind.PERSON:
        row.user = people.create_user(**_typed(row.content))
        row.save(update_fields=["user"])
    elif row.kind == Kind.ROLE and row.user is not None:
        facts = _typed(row.content)
        roles.assign_role(row.user, Role(facts.pop("role")), **facts)
    elif row.kind == Kind.PLACE:
        places.ADD[row.content["kind"]](row.content["value"], row.content["name"])
    elif row.kind == Kind.PLACE_END:
        places.remove(places.require(row.content["kind"], row.content["place"]), as_the_last=as_the_last)
    elif row.kind == Kind.SECTION:
        sections.put(**_typed(row.content))
    elif row.kind == Kind.VENDOR:
        asked = row.content
        ends_at = timezone.now() + timedelta(hours=asked["hours"])
        asker = User.objects.get(username=row.asked_by)
        vendor.open_window(asked["operator"], asked["purpose"], asked["pages"], ends_at, asker)


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
