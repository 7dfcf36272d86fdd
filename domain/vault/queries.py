"""Reads of the vault that open nothing: who has a number, and what became of the files handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from accounts.models import User
from accounts.permissions import Permission
from domain.households.queries import schools_for
from domain.vault.models import KeyRotation, NumberDeposit, PersonNumber, PurgeRun, RevealList
from domain.vault.rotation import PURPOSES, left


def numbers_held(member_ids: Iterable[int], field: str = PersonNumber.Field.INDIVIDUAL) -> set[int]:
    """Of these people, those of whom a number of this kind is held."""
    held = PersonNumber.objects.filter(member_id__in=list(member_ids), field=field, held_until=None)
    return set(held.values_list("member_id", flat=True))


def list_deposits(user: User) -> QuerySet[NumberDeposit]:
    """Deposits of the schools a person takes numbers in for, with the number of open problems (`waiting`)."""
    deposits = NumberDeposit.objects.filter(school__in=schools_for(user, Permission.IMPORT_NUMBERS))
    waiting = Count("problems", filter=Q(problems__settled_at=None))
    return deposits.select_related("school").annotate(waiting=waiting).order_by("-created_at", "-id")


def find_deposit(user: User, deposit_id: int) -> NumberDeposit:
    """Raises Http404."""
    found = list_deposits(user).filter(pk=deposit_id).first()
    if found is None:
        raise Http404
    return found


# --- how numbers are kept ---------------------------------------------------------------------------------------------

NEWEST = 20


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows of one kind of number there are: present, former, in transit."""

    label: str
    present: int
    former: int
    in_transit: int


@dataclass(frozen=True, slots=True)
class KeyState:
    """One sealing key: its last change, and how many values are still under the old key."""

    purpose: str
    label: str
    rotation: KeyRotation | None
    left: int


def held_counts() -> list[Held]:
    """One query."""
    counts = (
        PersonNumber.objects.order_by()
        .values("field")
        .annotate(
            present=Count("pk", filter=Q(held_until=None)),
            former=Count("pk", filter=Q(held_until__isnull=False)),
            in_transit=Count("pk", filter=Q(transit_until__isnull=False)),
        )
    )
    of = {row["field"]: row for row in counts}
    none = {"present": 0, "former": 0, "in_transit": 0}
    return [
        Held(field.label, *(of.get(field.value, none)[name] for name in ("present", "former", "in_transit")))
        for field in PersonNumber.Field
    ]


def key_states() -> list[KeyState]:
    newest: dict[str, KeyRotation] = {}
    for rotation in KeyRotation.objects.filter(purpose__in=list(PURPOSES)).order_by("pk"):
        newest[rotation.purpose] = rotation
    return [
        KeyState(purpose, label, newest.get(purpose), left(newest[purpose]) if purpose in newest else 0)
        for purpose, label in PURPOSES.items()
    ]


def certificates() -> list[KeyRotation]:
    """Of destroyed keys, the newest."""
    return list(KeyRotation.objects.filter(state=KeyRotation.State.DONE)[:NEWEST])


def newest_lists() -> list[RevealList]:
    return list(RevealList.objects.all()[:NEWEST])


def newest_disposals() -> list[PurgeRun]:
    return list(PurgeRun.objects.all()[:NEWEST])
