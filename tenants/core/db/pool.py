"""The wrappers of this thread, one per database login.

Django knows only the wrapper that sits in `connections[alias]`; the others wait here. Whatever Django does to all connections
(closing old ones after a request, closing everything at a fork) must therefore reach the parked ones through us.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from asgiref.local import Local
from django.conf import settings
from django.db import connections
from django.db.transaction import TransactionManagementError

if TYPE_CHECKING:
    from tenants.core.db.base import DatabaseWrapper

_local = Local()

# The test suite opens one rollback transaction per wrapper; it learns here of each wrapper as it is switched in.
activation_hooks: list[Callable[[DatabaseWrapper], None]] = []


class SwitchedInsideTransaction(TransactionManagementError):
    """A prefecture was switched while a transaction was open: half of the work would land elsewhere."""


def parked() -> OrderedDict[str, DatabaseWrapper]:
    if not hasattr(_local, "wrappers"):
        _local.wrappers = OrderedDict()
    wrappers: OrderedDict[str, DatabaseWrapper] = _local.wrappers
    return wrappers


def others(current: DatabaseWrapper) -> Iterator[DatabaseWrapper]:
    yield from [wrapper for wrapper in parked().values() if wrapper is not current]


def switch(current: DatabaseWrapper, login: str, schema: str) -> DatabaseWrapper:
    """Make the wrapper of `login` the one Django sees, building it if this thread has none."""
    refuse_inside_transaction(current)
    wrappers = parked()
    wrappers.setdefault(current.login, current)
    wrapper = wrappers.get(login)
    if wrapper is None:
        wrapper = current.sibling(login, schema)
        wrappers[login] = wrapper
        _close_least_recent(keep=wrapper)
    wrappers.move_to_end(login)
    connections[current.alias] = wrapper
    for hook in activation_hooks:
        hook(wrapper)
    return wrapper


def refuse_inside_transaction(wrapper: DatabaseWrapper) -> None:
    """Blocks opened by a test case around everything do not count as somebody's unfinished work."""
    unfinished = [block for block in wrapper.atomic_blocks if not getattr(block, "_from_testcase", False)]
    if unfinished:
        raise SwitchedInsideTransaction("都道府県の切替えは、処理中のトランザクションの外で行ってください。")


def _close_least_recent(keep: DatabaseWrapper) -> None:
    wrappers = parked()
    while len(wrappers) > settings.LOGIN_CONNECTIONS_KEPT:
        login, oldest = next(iter(wrappers.items()))
        if oldest is keep or oldest.in_atomic_block:
            return
        del wrappers[login]
        oldest.close_alone()
