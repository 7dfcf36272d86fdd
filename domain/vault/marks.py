"""What a household's page says of its members' numbers: held or not, and the way to look at one. Never the number."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import NoReverseMatch, reverse

from accounts.access import may
from accounts.models import User
from accounts.permissions import Permission
from domain.households.extras import Link, Mark
from domain.vault.queries import numbers_held

HELD, MISSING = "登録済", "未登録"


def number_marks(user: User, member_ids: Sequence[int]) -> dict[int, Mark]:
    held = numbers_held(member_ids)
    reveals = may(user, Permission.REVEAL_NUMBER)
    return {member_id: _mark(member_id, member_id in held, reveals=reveals) for member_id in member_ids}


def _mark(member_id: int, held: bool, *, reveals: bool) -> Mark:
    if not held:
        return Mark("個人番号", MISSING)
    return Mark("個人番号", HELD, _reveal_url(member_id), "表示する") if reveals else Mark("個人番号", HELD)


def _reveal_url(member_id: int) -> str:
    try:
        return reverse("vault:reveal", args=[member_id])
    except NoReverseMatch:
        return ""


def desk_link(user: User, household_id: int) -> list[Link]:
    """The number desk, for who takes numbers in. No query."""
    if not may(user, Permission.IMPORT_NUMBERS):
        return []
    return [Link("個人番号の入力", reverse("vault:desk", args=[household_id]))]
