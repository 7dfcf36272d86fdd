"""Rows found by many keys in one parameter are the rows that `__in` finds."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from domain.households.models import Household, Member
from tenants.core.db.among import Among
from tests.support import records


def test_own_and_joined_columns(in_a: Any) -> None:
    one, other, third = (records.family() for _ in range(3))
    wanted = [one.pk, third.pk]
    found = Household.objects.filter(Among("pk", wanted)).order_by("pk")
    assert list(found) == [one, third]
    members = Member.objects.filter(Among("household", iter(wanted)), household__number=third.number)
    assert set(members) == set(third.members.all())
    joined = Member.objects.filter(Among("household__pk", wanted)).exclude(Among("household", [one.pk]))
    assert set(joined) == set(third.members.all())
    assert Household.objects.filter(Among("pk", [other.pk])).update(address="見本町") == 1


def test_no_keys_find_nothing(in_a: Any) -> None:
    records.family()
    assert not Household.objects.filter(Among("pk", [])).exists()


def test_a_thousand_keys_are_one_parameter(in_a: Any) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        list(Household.objects.filter(Among("pk", range(1_000))))
    assert asked[0]["sql"].count(" ANY(") == 1
