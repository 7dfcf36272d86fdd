"""A request that nobody may approve any more gives way to the next: how the rule does it, for all rooms."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import AccountRequest, User
from accounts.roles import Role
from accounts.second_person import LAPSES_AFTER
from accounts.services.requests import APPROVAL
from tests.support import records

WAITING = AccountRequest.State.WAITING


def asked_by(asker: User, days_ago: int = 0) -> AccountRequest:
    at = timezone.now() - LAPSES_AFTER / 14 * days_ago
    return AccountRequest.objects.create(kind="place", asked_by=asker.username, asked_at=at)


def test_the_stale_ones_are_withdrawn_and_those_in_earnest_are_told(in_a: Any) -> None:
    here, gone = records.staff(Role.TENANT_ADMIN), records.staff(Role.TENANT_ADMIN)
    fresh, lapsed, left = asked_by(here), asked_by(here, 14), asked_by(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    withdrawn: list[AccountRequest] = []
    assert APPROVAL.gives_way(AccountRequest.objects.filter(state=WAITING), withdrawn.append) == [fresh]
    assert withdrawn == [lapsed, left]


def test_a_rooms_own_reason_decides_in_its_place(in_a: Any) -> None:
    asker = records.staff(Role.TENANT_ADMIN)
    fresh, lapsed = asked_by(asker), asked_by(asker, 14)
    withdrawn: list[AccountRequest] = []
    waiting = AccountRequest.objects.filter(state=WAITING)
    kept = APPROVAL.gives_way(waiting, withdrawn.append, why_stale=lambda row: "x" if row == fresh else "")
    assert (kept, withdrawn) == ([lapsed], [fresh])


def test_what_another_person_withdraws_meanwhile_is_not_withdrawn_twice(in_a: Any) -> None:
    """It is looked at once more under its lock."""
    asked_by(records.staff(Role.TENANT_ADMIN), 14)

    def and_meanwhile(row: AccountRequest) -> str:
        AccountRequest.objects.filter(pk=row.pk).update(state=AccountRequest.State.WITHDRAWN)
        return "x"

    withdrawn: list[AccountRequest] = []
    waiting = AccountRequest.objects.filter(state=WAITING)
    assert APPROVAL.gives_way(waiting, withdrawn.append, why_stale=and_meanwhile) == []
    assert withdrawn == []
