"""What is kept of an error: a Japanese message and an id for people, the way through the code for the log. No values."""

import secrets
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from psycopg.errors import InsufficientPrivilege

from audit.trail.recorder import TrailUnavailable
from jobs.errors import RetryLater
from jobs.registry import JobKind

_PASSING = (RetryLater, OperationalError, InterfaceError, TrailUnavailable, ConnectionError, TimeoutError)
_UNEXPECTED = (
    "処理の途中で予期しない誤りが起きました。済んだ分は残っています。「再開」を押すと残りから続けます。"
    "同じ誤りが続くときは、誤りの番号を添えて運用者に知らせてください。"
)
_WAITS_SECONDS = (5, 10, 20, 40, 80, 160, 300)


@dataclass(frozen=True, slots=True)
class Failure:
    """``message`` for people; ``error_id`` is in the log too; ``passing``: the same work may succeed later."""

    message: str
    error_id: str
    passing: bool
    trace: str


def describe(error: Exception, kind: JobKind | None) -> Failure:
    """What to keep of an error. Only our own errors (those with a stable identifier) speak with their own text."""
    identifier = getattr(error, "identifier", None) or getattr(error, "error_id", None)
    message = _own_words(error) if identifier else _UNEXPECTED
    number = secrets.token_hex(4)
    return Failure(
        message=message,
        error_id=f"{identifier}/{number}" if identifier else number,
        passing=isinstance(error, _PASSING + (kind.retry_on if kind else ())),
        trace=_trace(error),
    )


def was_denied(error: BaseException) -> bool:
    """Whether the database refused for want of rights (SQLSTATE 42501), however the error was wrapped since."""
    return any(isinstance(one, InsufficientPrivilege) for one in _with_causes(error))


def wait_seconds(failures: int) -> int:
    """How long to wait before the next try after so many failures (1, 2, …): at most five minutes."""
    return _WAITS_SECONDS[min(failures, len(_WAITS_SECONDS)) - 1]


def _own_words(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def _trace(error: BaseException) -> str:
    """Classes and frames of an error and its causes. Texts are left out: a database quotes the row in them."""
    parts = []
    for one in _with_causes(error):
        frames = "".join(traceback.format_tb(one.__traceback__))
        parts.append(f"{type(one).__module__}.{type(one).__qualname__}\n{frames}")
    return "caused by ".join(parts)


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
