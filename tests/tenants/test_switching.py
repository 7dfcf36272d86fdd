"""One worker serves A, then B, in any order, while things break: nothing of one is ever left for the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audit.trail.actors import Actor, ActorKind, acting_as, current_actor
from domain.households.models import School
from tenants.core import files, keys
from tenants.core.context import NoScope, console_context, leave, prefecture_context, scope
from tenants.core.credentials import login_name
from tenants.core.db import pool
from tenants.core.db.base import current

NOTES = "switching-notes"


class Broken(Exception):
    """What the failures below raise by intention."""


def _raise() -> None:
    raise Broken


def _bad_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column")


def _twice() -> None:
    School.objects.bulk_create([School(code="same", name="x"), School(code="same", name="x")])


def _half_a_transaction() -> None:
    with transaction.atomic():
        School.objects.create(code="half", name="never")
        keys.seal("switching-undone", b"x", "row")
        raise Broken


def _switch_inside_a_transaction() -> None:
    with transaction.atomic(), console_context():
        raise AssertionError("switched inside a transaction")


def _foreign_table() -> None:
    """What injected SQL would try; the statement's error leaves the connection in a transaction that has failed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM public.core_prefecture")


def _session_settings() -> None:
    """Whatever a broken piece of code leaves set on the connection stays with that login's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.left_behind', %s, false)", [scope()])
    raise Broken


FAILURES: list[Callable[[], None] | None] = [
    None, _raise, _bad_sql, _twice, _half_a_transaction, _switch_inside_a_transaction, _foreign_table, _session_settings,
]  # fmt: skip


@dataclass
class Books:
    """What each scope wrote, kept beside: the connection must give back this and nothing else."""

    schools: dict[str, set[str]] = field(default_factory=dict)
    types: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)
    sealed: dict[str, bytes] = field(default_factory=dict)


def look_around(books: Books, name: str) -> None:
    """Everything a worker could carry over: login, rows, cache, keys, files, ids of content types, the actor, settings."""
    here = scope()
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_schema(), current_setting('app.left_behind', true)")
        login, schema, left = cursor.fetchone()
    assert login == login_name(here) == current().login
    assert schema == here == current().schema_name
    assert left in (None, "", here)
    assert set(School.objects.values_list("code", flat=True)) == books.schools.setdefault(here, set())
    assert cache.get(NOTES) in (None, here)
    kinds = {(kind.app_label, kind.model): kind.pk for kind in ContentType.objects.all()}
    cached = ContentType.objects.get_for_model(School)
    assert cached.pk == kinds["households", "school"] == books.types.setdefault(here, kinds)["households", "school"]
    assert not {purpose for owner, purpose, _ in keys._kept if owner == here} & {"switching-undone"}
    actor = current_actor()
    assert actor.kind is not ActorKind.PERSON or actor.name == name
    for owner, sealed in books.sealed.items():
        if owner == here:
            assert keys.unseal("switching", sealed, "row") == owner.encode()
        else:
            with pytest.raises((keys.SealBroken, keys.KeyMissing)):
                keys.unseal("switching", sealed, "row")


def serve(books: Books, name: str, failure: Callable[[], None] | None) -> None:
    """One request or job of one prefecture, as somebody of that prefecture."""
    with acting_as(Actor(ActorKind.PERSON, name, name, "clerk")):
        look_around(books, name)
        code = f"{name}{len(books.schools[scope()])}"
        with transaction.atomic():
            School.objects.create(code=code, name=name)
        books.schools[scope()].add(code)
        cache.set(NOTES, scope())
        books.sealed[scope()] = keys.seal("switching", scope().encode(), "row")
        files.write_atomically("switching.txt", scope().encode())
        if failure is not None:
            with transaction.atomic() if connection.in_atomic_block else nullcontext():
                failure()
        assert files.read("switching.txt") == scope().encode()


steps = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(FAILURES), st.booleans()),
    min_size=2,
    max_size=14,
)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_a_then_b_in_any_order_with_any_failure(
    prefecture_a: Any, prefecture_b: Any, order: list[tuple[str, Any, bool]]
) -> None:
    logging.disable(logging.CRITICAL)
    prefectures, books = {"a": prefecture_a, "b": prefecture_b}, Books()
    try:
        for name, failure, goes_home in order:
            try:
                with prefecture_context(prefectures[name]):
                    serve(books, name, failure)
            except (Broken, DatabaseError, IntegrityError, pool.SwitchedInsideTransaction):
                assert failure is not None
            with pytest.raises(NoScope):
                scope()
            if goes_home:
                with console_context():
                    assert cache.get(NOTES) is None
                    assert scope() == "console"
        for name, prefecture in prefectures.items():
            with prefecture_context(prefecture):
                look_around(books, name)
    finally:
        logging.disable(logging.NOTSET)
        tidy_up(prefectures.values())


def tidy_up(prefectures: Any) -> None:
    leave()
    for prefecture in prefectures:
        with prefecture_context(prefecture):
            School.objects.all().delete()
            cache.delete(NOTES)


@pytest.mark.parametrize("failure", [f for f in FAILURES if f is not None], ids=lambda f: f.__name__)
def test_each_failure_is_one(prefecture_a: Any, failure: Callable[[], None]) -> None:
    """So that the property above cannot pass because nothing fails."""
    with (
        prefecture_context(prefecture_a),
        pytest.raises((Broken, DatabaseError, pool.SwitchedInsideTransaction)),
        transaction.atomic(),
    ):
        failure()


def test_a_connection_that_broke_is_not_handed_to_another(prefecture_a: Any, prefecture_b: Any, postgres: Any) -> None:
    """The server ends A's connection in the middle: A gets a new one of its own, B's is untouched, neither is swapped."""
    import threading

    told: list[Any] = []

    def worker() -> None:
        try:
            with prefecture_context(prefecture_b):
                told.append(_who())
            with prefecture_context(prefecture_a):
                told.append(_who())
                _end_own_connection(postgres, told[-1][1])
                with pytest.raises(DatabaseError):
                    _who()
            with prefecture_context(prefecture_b):
                told.append(_who())
            current().close_if_unusable_or_obsolete()
            with prefecture_context(prefecture_a):
                connection.close_if_unusable_or_obsolete()
                told.append(_who())
        finally:
            current().close()

    hooks, pool.activation_hooks[:] = list(pool.activation_hooks), []
    try:
        thread = threading.Thread(target=worker)
        thread.start()
        thread.join(30)
    finally:
        pool.activation_hooks[:] = hooks
    logins = [login for login, _ in told]
    assert logins == [login_name(p.schema_name) for p in (prefecture_b, prefecture_a, prefecture_b, prefecture_a)]
    assert told[0][1] == told[2][1], "B kept its own connection"
    assert told[1][1] != told[3][1], "A has a new one"


def _who() -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, pg_backend_pid()")
        login, backend = cursor.fetchone()
    return str(login), int(backend)


def _end_own_connection(postgres: Any, backend: int) -> None:
    with postgres.connect("postgres") as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
