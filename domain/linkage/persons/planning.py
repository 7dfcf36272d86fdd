"""What follows for people from what is recorded elsewhere: numbers held, numbers changed, numbers shared, no longer needed.

Everything here only looks and moves; nothing is sent. Safe to repeat at any time.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from domain.households.models import Member
from domain.linkage.asking_again import ask_members_again
from domain.linkage.models import Registration
from domain.linkage.persons.leaving import no_longer_needed
from domain.linkage.persons.moving import move
from domain.linkage.persons.states import Act, State
from domain.vault.models import NumberConflict, PersonNumber

NUMBER_CHANGED = "個人番号が訂正されたため、もう一度照会します。"
STOPPING = (NumberConflict.Kind.SHARED, NumberConflict.Kind.TOGETHER, NumberConflict.Kind.UNIFIED)
"""Conflicts that stop both people; another's former number stops nobody (it is not in use)."""


def present_number() -> Subquery:
    """The id of the vault's row of the 個人番号 that a registration's member has now."""
    rows = PersonNumber.objects.filter(
        member=OuterRef("member_id"), field=PersonNumber.Field.INDIVIDUAL, held_until=None
    )
    return Subquery(rows.values("pk")[:1])


def plan_registrations() -> int:
    """Bring every member's state in line with the numbers held and the conflicts open. How many have something to send anew."""
    with transaction.atomic():
        new = Member.objects.filter(registration=None).order_by("pk").values_list("pk", flat=True)
        rows = [Registration(member_id=member) for member in new]
        Registration.objects.bulk_create(rows, batch_size=5_000, ignore_conflicts=True)
        follow_conflicts()
        _follow_leaving()
        people = Registration.objects.annotate(number=present_number())
        added = move(_ids(people.filter(state=State.DRAFT, number__isnull=False)), Act.CONFIRM)
        without = people.filter(state__in=[State.VERIFIED, State.REJECTED], batch=None, number=None)
        move(_ids(without), Act.LOSE)
        return len(added) + _follow_new_numbers()


def follow_conflicts(members: Collection[int] | None = None) -> None:
    """Stop whoever shares a number, and let go on who does no longer. Of these members, or of all."""
    people = Registration.objects.all() if members is None else Registration.objects.filter(member__in=list(members))
    doubted = _doubted()
    move(_ids(people.filter(member__in=doubted).exclude(state=State.DOUBTED)), Act.DOUBT)
    cleared = people.filter(state=State.DOUBTED).exclude(member__in=doubted).annotate(number=present_number())
    move(_ids(cleared.filter(known=True)), Act.CLEAR, checked_at=None)
    unknown = cleared.filter(known=False)
    move(_ids(unknown.filter(number__isnull=False)), Act.CLEAR_UNKNOWN, batch=None)
    move(_ids(unknown.filter(number=None)), Act.LOSE, batch=None)


def _doubted() -> set[int]:
    pairs = NumberConflict.objects.filter(settled_at=None, kind__in=STOPPING).values_list("member_id", "other_id")
    return {member for pair in pairs for member in pair}


def _follow_leaving() -> None:
    gone = no_longer_needed()
    move(_ids(Registration.objects.filter(member__in=list(gone))), Act.LEAVE, batch=None)
    withdrawn = Registration.objects.filter(state=State.WITHDRAWN).exclude(member__in=list(gone))
    move(_ids(withdrawn), Act.RETURN, batch=None, sent_as={}, refused={}, number_row=None, checked_at=None, reason="")


def _follow_new_numbers() -> int:
    """Rejected under a number that was replaced: again. Registered under one: the change is to be told, and all asked again."""
    people = Registration.objects.annotate(number=present_number())
    other = people.filter(number__isnull=False, number_row__isnull=False).filter(~Q(number=F("number_row")))
    again = move(_ids(other.filter(state=State.REJECTED)), Act.RETRY, note=NUMBER_CHANGED, batch=None, reason="")
    changed = move(_ids(other), Act.RENUMBER, note=NUMBER_CHANGED, refused={})
    members = Registration.objects.filter(pk__in=changed).values_list("member_id", flat=True)
    ask_members_again(list(members), NUMBER_CHANGED)
    return len(again) + len(changed)


def _ids(people: QuerySet[Registration]) -> list[int]:
    return list(people.values_list("pk", flat=True))
