"""Reads of the vault that open nothing: who has a number, and what became of the files handed in."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from accounts.models import User
from accounts.permissions import Permission
from domain.households.queries import schools_for
from domain.vault.models import NumberDeposit, PersonNumber


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
