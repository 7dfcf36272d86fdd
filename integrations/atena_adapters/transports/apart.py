"""Running what must be awaited behind a synchronous call, in a thread and an event loop of its own.

A server that hangs keeps this one thread waiting and nobody else: the caller goes on after its time, and the thread ends with its
own time limit.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from integrations.atena_adapters.errors import CommunicationError

Result = TypeVar("Result")
_GRACE = 5.0


def run_apart(act: Callable[[], Coroutine[Any, Any, Result]], seconds: float) -> Result:
    """The result of an act.  Raises what it raises, and a retryable `CommunicationError` when it takes longer than `seconds`."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(asyncio.run(_limited(act, seconds)))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True, name="atena-transport")
    thread.start()
    thread.join(seconds + _GRACE)
    if errors:
        if isinstance(errors[0], TimeoutError):
            raise _late() from None
        raise errors[0]
    if not results:
        raise _late()
    return results[0]


async def _limited(act: Callable[[], Coroutine[Any, Any, Result]], seconds: float) -> Result:
    return await asyncio.wait_for(act(), seconds)


def _late() -> CommunicationError:
    return CommunicationError("統合宛名側の応答が時間内にありません。", retryable=True)
