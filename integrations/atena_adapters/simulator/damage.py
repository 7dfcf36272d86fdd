"""Faults in the content of an answer."""

from __future__ import annotations

from collections.abc import Callable

from integrations.atena_adapters.simulator.faults import Fault, Faults
from integrations.atena_adapters.simulator.items import AMOUNTS, Kind, Row

_STRANGER = "99999999"
_UTF8_BOM = b"\xef\xbb\xbf"
_PERSON = ("name", "kana", "born", "address", *AMOUNTS)
_OTHER = {Kind.REGISTRATION: "rejected", Kind.LINKAGE: "not_linked", Kind.INQUIRY: "not_found"}
_LEVY_PER_INCOME = 25  # a levy instead of the income it was levied on: right form, wrong meaning
_GAIJI, _SELECTOR = "\ue000", "\U000e0101"


def damage_rows(rows: list[Row], kind: Kind, faults: Faults, unified: Callable[[Row], str]) -> list[Row]:
    """The rows after the faults that strike now; `unified` tells the 団番 of a row's person."""
    if not rows:
        return rows
    first = rows[0]
    if faults.strikes(Fault.SHUFFLED, kind):
        rows = rows[::-1]
    if faults.strikes(Fault.DOUBLED_LINE, kind):
        rows = [*rows, dict(first)]
    if faults.strikes(Fault.CONFLICT, kind):
        rows = [*rows, first | {"result": _OTHER.get(kind, "rejected"), "reason": "サンプルの別の回答です。"}]
    if faults.strikes(Fault.STRANGER, kind):
        rows = [first | {"line_id": _STRANGER, "atena_number": _STRANGER}, *rows]
    if faults.strikes(Fault.WRONG_BATCH, kind):
        rows = [row | {kind.key: f"9{at:07d}", "atena_number": f"9{at:07d}"} for at, row in enumerate(rows)]
    if kind is Kind.INQUIRY:
        rows = _damage_facts(rows, first, faults)
    if faults.strikes(Fault.UNIFIED_ONLY, kind):
        refusal = "refused" if kind is Kind.INQUIRY else _OTHER.get(kind, "rejected")
        told: Row = {kind.key: "", "result": refusal, "reason": f"統合宛名番号 {unified(first)} は処理できません。"}
        rows = [told if row is first else row for row in rows]
    return rows


def _damage_facts(rows: list[Row], first: Row, faults: Faults) -> list[Row]:
    kind = Kind.INQUIRY
    if faults.strikes(Fault.WRONG_PERSON, kind):
        rows = [row | {"atena_number": _STRANGER} if row["line_id"] == first["line_id"] else row for row in rows]
    told = [at for at, row in enumerate(rows) if row.get("result") == "answered"]
    if len(told) > 1 and faults.strikes(Fault.SWAPPED_FAMILY, kind):
        rows = _swapped(rows, told[0], told[1])
    for fault, change in _CHANGES.items():
        if told and faults.strikes(fault, kind):
            rows = [change(row) if at == told[0] else row for at, row in enumerate(rows)]
    return rows


def _swapped(rows: list[Row], one: int, other: int) -> list[Row]:
    """The facts of two people under each other's line."""
    changed = list(rows)
    for here, there in ((one, other), (other, one)):
        changed[here] = rows[here] | {item: rows[there].get(item) for item in _PERSON}
    return changed


def _wrong_item(row: Row) -> Row:
    income = row.get("total_income")
    return row | {"total_income": str(int(income) // _LEVY_PER_INCOME)} if income else row


def _namesake(row: Row) -> Row:
    amounts: Row = {item: str(int(value) + 1_234_567) if (value := row.get(item)) else value for item in AMOUNTS}
    return row | amounts | {"address": "サンプル県別人市同名町9番地", "household": "サ999"}


def _with_gaiji(row: Row) -> Row:
    return row | {"name": _GAIJI + (row.get("name") or "")[1:]}


def _with_selector(row: Row) -> Row:
    name = row.get("name") or "辻"
    return row | {"name": name[:-1] + "辻" + _SELECTOR}


_CHANGES = {
    Fault.WRONG_ITEM: _wrong_item, Fault.NAMESAKE: _namesake, Fault.GAIJI: _with_gaiji, Fault.IVS: _with_selector,
}  # fmt: skip


def damage_bytes(payload: bytes, kind: Kind, faults: Faults) -> bytes:
    """The bytes after the faults that strike now."""
    if faults.strikes(Fault.TRUNCATED_LINE, kind):
        lines = payload.splitlines(True)
        middle = len(lines) // 2
        end = b"\r\n" if lines[middle].endswith(b"\r\n") else b"\n"
        payload = b"".join([*lines[:middle], lines[middle][: len(lines[middle]) // 2] + end, *lines[middle + 1 :]])
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
