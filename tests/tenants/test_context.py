"""Switching between prefectures: each with its own login, never inside a transaction, nothing left behind."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain.households.models import School
from tenants.core.context import (
    NoScope,
    console_context,
    current_prefecture,
    each_live_prefecture,
    prefecture_context,
    scope,
)
from tenants.core.credentials import login_name
from tenants.core.db.base import current
from tenants.core.db.pool import SwitchedInsideTransaction


def current_login() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def test_each_prefecture_has_its_own_login_and_rows(prefecture_a: Any, prefecture_b: Any) -> None:
    with prefecture_context(prefecture_a):
        assert current_login() == login_name(prefecture_a.schema_name)
        assert current_prefecture() == prefecture_a
        School.objects.create(code="A1", name="甲の学校")
    with prefecture_context(prefecture_b):
        assert current_login() == login_name(prefecture_b.schema_name)
        assert not School.objects.filter(code="A1").exists()
    with prefecture_context(prefecture_a):
        assert School.objects.filter(code="A1").exists()
    with pytest.raises(NoScope):
        scope()


def test_console_has_its_own_login(rollback: None) -> None:
    with console_context():
        assert current_login() == login_name("console")
        assert scope() == "console"


def test_switching_inside_a_transaction_is_refused(prefecture_a: Any, prefecture_b: Any) -> None:
    with prefecture_context(prefecture_a), transaction.atomic():
        with pytest.raises(SwitchedInsideTransaction), prefecture_context(prefecture_b):
            pass
        assert scope() == prefecture_a.schema_name


def test_an_error_inside_brings_us_back(prefecture_a: Any, prefecture_b: Any) -> None:
    with prefecture_context(prefecture_a):
        with pytest.raises(ZeroDivisionError), prefecture_context(prefecture_b):
            _ = 1 / 0
        assert scope() == prefecture_a.schema_name


def test_each_live_prefecture_enters_each_once(prefecture_a: Any, prefecture_b: Any) -> None:
    seen = {prefecture.slug: (scope(), current_login()) for prefecture in each_live_prefecture()}
    assert seen == {
        prefecture.slug: (prefecture.schema_name, login_name(prefecture.schema_name))
        for prefecture in (prefecture_a, prefecture_b)
    }


def test_another_thread_starts_with_nobody(in_a: Any) -> None:
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(current().schema_name))
    thread.start()
    thread.join()
    assert found == ["public"]


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=12))
def test_interleaving_with_failures_never_mixes(
    prefecture_a: Any, prefecture_b: Any, steps: list[tuple[str, bool]]
) -> None:
    prefectures = {"a": prefecture_a, "b": prefecture_b}
    for name, fails in steps:
        prefecture = prefectures[name]
        try:
            with prefecture_context(prefecture):
                assert current_login() == login_name(prefecture.schema_name)
                with transaction.atomic():
                    School.objects.create(code=f"{name}-{School.objects.count()}", name=name)
                    if fails:
                        raise LookupError
        except LookupError:
            pass
        with prefecture_context(prefecture):
            assert set(School.objects.values_list("name", flat=True)) <= {name}
    for name, prefecture in prefectures.items():
        with prefecture_context(prefecture):
            School.objects.filter(name=name).delete()
