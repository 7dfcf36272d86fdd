from __future__ import annotations

from datetime import date, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.trail import connections, partitions, setup, store
from audit.trail.entries import Entry, compose
from audit.trail.vocabulary import Event

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))


@given(first=days, count=st.integers(1, 40))
def test_months_follow_one_another_without_a_gap(first: date, count: int) -> None:
    found = list(partitions.months(first, count))
    assert found[0] == first.replace(day=1)
    assert len(found) == count
    numbers = [month.year * 12 + month.month for month in found]
    assert numbers == list(range(numbers[0], numbers[0] + count))
    assert all(month.day == 1 for month in found)


def test_extending_adds_each_month_once(database: None) -> None:
    far = date(2031, 1, 15)
    assert setup.extend_partitions(far) == setup.MONTHS_BEHIND + 1 + setup.MONTHS_AHEAD
    assert setup.extend_partitions(far) == 0
    assert setup.extend_partitions(date(2031, 2, 1)) == 1


@pytest.mark.parametrize(
    ("moment", "partition"),
    [
        ("2040-03-31T23:59:59.999999+09:00", "trail.event_y2040m03"),
        ("2040-04-01T00:00:00+09:00", "trail.event_y2040m04"),
        ("2040-03-31T15:00:00+00:00", "trail.event_y2040m04"),
    ],
)
def test_a_month_is_a_japanese_one(in_a: Any, audit_superuser: Any, moment: str, partition: str) -> None:
    connections.use(
        connections.owner(), lambda owner: partitions.ensure_partitions(owner, partitions.months(date(2040, 3, 1), 2))
    )
    row = compose(Entry(Event.READ_LIST_SHOWN), at=datetime.fromisoformat(moment))
    store.insert([row.content], scope=in_a.schema_name, prefecture_code=in_a.code)
    found = audit_superuser.execute("SELECT tableoid::regclass::text FROM trail.event WHERE id = %s", [row.id])
    assert found.fetchone() == (partition,)


def test_a_month_without_a_partition_is_an_error_and_not_a_hidden_heap(in_a: Any) -> None:
    long_ago = datetime.fromisoformat("1999-01-01T00:00:00+09:00")
    row = compose(Entry(Event.READ_LIST_SHOWN), at=long_ago)
    with pytest.raises(psycopg.errors.CheckViolation, match="no partition"):
        store.insert([row.content], scope=in_a.schema_name, prefecture_code=in_a.code)
