"""Arrays as parameters: what Django's bulk insert sends for each column."""

from __future__ import annotations

import re
from typing import Any, cast

import psycopg
from psycopg.types.array import ListDumper


class _Escape:
    """Stands where psycopg has a regular expression: a backslash before each quote and each backslash."""

    @staticmethod
    def sub(_: bytes, text: bytes | bytearray | memoryview) -> bytes:
        return bytes(text).replace(b"\\", b"\\\\").replace(b'"', b'\\"')


class QuickListDumper(ListDumper):
    """The same bytes as psycopg's own, which calls Python for each quote of each element.

    A receipt is JSON and holds thousands: 55 KB took 17 ms, and take 0.1 ms so.
    """

    _re_esc = cast("re.Pattern[bytes]", _Escape())


def dump_quickly(connection: psycopg.Connection[Any]) -> None:
    """Lists of this connection go out so."""
    connection.adapters.register_dumper(list, QuickListDumper)
