"""Faults in the content of an answer."""

from __future__ import annotations

from integrations.atena_adapters.fields import Row
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.simulator.faults import Fault, Faults

_STRANGER = "99999999"
_UTF8_BOM = b"\xef\xbb\xbf"


def damage_rows(rows: list[Row], kind: RequestKind, faults: Faults) -> list[Row]:
    """The rows after the faults that strike now."""
    if not rows:
        return rows
    first = rows[0]
    if faults.strikes(Fault.SHUFFLED, kind):
        rows = rows[::-1]
    if faults.strikes(Fault.DOUBLED_LINE, kind):
        rows = [*rows, dict(first)]
    if faults.strikes(Fault.CONFLICT, kind):
        rows = [*rows, first | _other_answer(kind)]
    if faults.strikes(Fault.STRANGER, kind):
        rows = [first | {"line_id": _STRANGER, "atena_number": _STRANGER}, *rows]
    if faults.strikes(Fault.WRONG_PERSON, kind) and kind is RequestKind.INQUIRY:
        rows = [row | {"atena_number": _STRANGER} if row["line_id"] == first["line_id"] else row for row in rows]
    return rows


def damage_bytes(payload: bytes, kind: RequestKind, faults: Faults) -> bytes:
    """The bytes after the faults that strike now."""
    if faults.strikes(Fault.BOM, kind):
        payload = _UTF8_BOM + payload
    if faults.strikes(Fault.MIXED_NEWLINES, kind):
        payload = b"".join(
            line.rstrip(b"\r\n") + (b"\r\n" if at % 2 else b"\n") for at, line in enumerate(payload.splitlines(True))
        )
    return payload


def cut(payload: bytes) -> bytes:
    """The first part of a payload, as a broken transfer leaves it."""
    return payload[: len(payload) * 6 // 10]


def _other_answer(kind: RequestKind) -> Row:
    words = {
        RequestKind.REGISTRATION: "rejected",
        RequestKind.LINKAGE: "not_linked",
        RequestKind.INQUIRY: "not_found",
    }
    return {"result": words[kind], "reason": "サンプルの別の回答です。"}
