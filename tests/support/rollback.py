"""One rollback transaction per database login a test touches, all undone at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

from tenants.core.db import pool
from tenants.core.db.base import DatabaseWrapper, current


@contextmanager
def rolled_back() -> Iterator[None]:
    opened: list[tuple[DatabaseWrapper, transaction.Atomic]] = []

    def open_transaction(wrapper: DatabaseWrapper) -> None:
        if any(known is wrapper for known, _ in opened):
            return
        atomic = transaction.Atomic(using="default", savepoint=True, durable=False)
        atomic._from_testcase = True  # type: ignore[attr-defined]
        atomic.__enter__()
        opened.append((wrapper, atomic))

    pool.activation_hooks.append(open_transaction)
    current().set_schema_to_public()
    open_transaction(current())
    try:
        yield
    finally:
        pool.activation_hooks.remove(open_transaction)
        for wrapper, atomic in reversed(opened):
            connections["default"] = wrapper
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)
        current().set_schema_to_public()
