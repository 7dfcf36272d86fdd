"""Waiting for the other side in a thread of its own, with a limit that nothing on the wire can move.

A machine that hangs (takes the connection and never answers, answers a byte a minute, a share that blocks) keeps that one thread
waiting and nobody else: whoever called goes on at the limit. While it waits it is asked every few seconds whether it still wants to.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from integrations.atena_adapters.errors import CommunicationError

Result = TypeVar("Result")
_GRACE = 5.0
BETWEEN_LOOKS = 1.0

_meanwhile: contextvars.ContextVar[Callable[[], object] | None] = contextvars.ContextVar("meanwhile", default=None)


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[None]:
    """Call `act` about every second in the thread that waits, as long as it waits (to renew a lease). What it raises ends the wait."""
    before = _meanwhile.set(act)
    try:
        yield
    finally:
        _meanwhile.reset(before)


def within(seconds: float, act: Callable[[], Result]) -> Result:
    """The result of an act.  Raises what it raises, and a retryable `CommunicationError` when it takes longer than `seconds`."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(act())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True, name="atena-transport")
    thread.start()
    _await(thread, seconds)
    if errors:
        if isinstance(errors[0], TimeoutError):
            raise _late() from None
        raise errors[0]
    if not results:
        raise _late()
    return results[0]


def run_apart(act: Callable[[], Coroutine[Any, Any, Result]], seconds: float) -> Result:
    """The same for what must be awaited, in an event loop of its own which ends with its time."""
    return within(seconds + _GRACE, lambda: asyncio.run(_limited(act, seconds)))


def _await(thread: threading.Thread, seconds: float) -> None:
    until, ask = time.monotonic() + seconds, _meanwhile.get()
    while thread.is_alive() and (left := until - time.monotonic()) > 0:
        thread.join(left if ask is None else min(left, BETWEEN_LOOKS))
        if ask is not None and thread.is_alive():
            ask()


async def _limited(act: Callable[[], Coroutine[Any, Any, Result]], seconds: float) -> Result:
    return await asyncio.wait_for(act(), seconds)


def _late() -> CommunicationError:
    return CommunicationError("統合宛名側の応答が時間内にありません。", retryable=True)
