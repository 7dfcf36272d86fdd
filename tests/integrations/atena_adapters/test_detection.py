"""What each preset is said to notice of a changed figure, held against what its reader and its way really notice.

One digit of a birth date or an amount is changed in the bytes, of answers to inquiries and of what is provided. A connection (HTTPS,
the database's) and two people at a terminal are guards that no bytes can show; what they stand on is checked when they are configured.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.detection import WATCHED, detection
from integrations.atena_adapters.dialects.base import Made
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import Form, Message, Row, specs
from integrations.atena_adapters.registry import preset, preset_names
from integrations.atena_adapters.transports.dropping import marker_text
from integrations.atena_adapters.transports.medium_package import (
    Manifest,
    PackageRefused,
    medium_keys,
    pack,
    payload_digest,
    unpack,
)

MADE = Made("R08-0001", 7, datetime(2026, 6, 1, 0, 30, tzinfo=UTC))
AMOUNT, BORN = "1234567", "1984-11-25"
KEYS = medium_keys(SecretStr(base64.b64encode(b"sample-key-of-exactly-32-bytes!!").decode()))
ROWS = 3
MANIFEST: dict[str, Any] = {
    "tenant": "sample", "sender": "a", "receiver": "b", "direction": "from_atena", "content": "answer", "kind": "inquiry",
    "batch": "s", "part": 1, "sequence": 1, "previous": 0, "count": ROWS, "layout_version": "1", "made_at": "", "made_by": "",
    "approval": "",
}  # fmt: skip
WORDS = {
    "kind": "tax", "result": "answered", "act": "add", "name": "サンプル　太郎", "kana": "サンプル　タロウ",
    "address": "奈良県奈良市サンプル町1番地", "municipality": "奈良県奈良市",
}  # fmt: skip


def _rows(message: Message) -> list[Row]:
    """Lines with every birth date and amount filled."""
    rows = list[Row]()
    for n in range(ROWS):
        row: dict[str, str | None] = {}
        for name, spec in specs(message).items():
            row[name] = WORDS.get(name, f"{n + 1:04d}" if spec.required and spec.form is Form.IDENTIFIER else None)
            row[name] = AMOUNT if spec.form is Form.AMOUNT else row[name]
        row |= {"line_id": f"L{n:07d}", "atena_number": f"A{n:07d}"}
        row |= {"born": BORN} if message is Message.INQUIRY_ANSWER else {"fiscal_year": "2026"}
        rows.append({name: value for name, value in row.items() if name in specs(message)})
    return rows


def _figures(config: AdapterConfig, message: Message) -> list[str]:
    known = specs(message)
    columns = [column.field for column in config.dialect.layouts.of(message) if column.field]
    return [name for name in columns if name == "born" or known[name].form is Form.AMOUNT]


CASES = [
    (name, message, item) for name in preset_names() for message in WATCHED for item in _figures(preset(name), message)
]


def _one_byte_changed(config: AdapterConfig, message: Message, item: str, row: int, value: str) -> tuple[bytes, bytes]:
    """The file, and the file in which the first byte that tells the other value stands, totals as they were."""
    dialect, rows = build_dialect(config.dialect), _rows(message)
    sound = dialect.encode(message, MADE, rows)
    rows[row] = dict(rows[row]) | {item: value}
    other = dialect.encode(message, MADE, rows)
    assert sound.count == other.count == ROWS, (sound.refused, other.refused)
    at = next(n for n, (one, two) in enumerate(zip(sound.payload, other.payload, strict=True)) if one != two)
    return sound.payload, sound.payload[:at] + other.payload[at : at + 1] + sound.payload[at + 1 :]


@pytest.mark.parametrize(("name", "message", "item"), CASES)
@settings(max_examples=15, deadline=None)
@given(row=st.integers(0, ROWS - 1), place=st.integers(1, 6), digit=st.sampled_from("089"))
def test_what_a_preset_is_said_to_notice_is_what_it_notices(
    name: str, message: Message, item: str, row: int, place: int, digit: str
) -> None:
    config = preset(name)
    found, title = detection(config), specs(message)[item].title
    # another day of the month, or another digit of an amount: as good as the first
    value = f"{BORN[:-1]}{digit}" if item == "born" else AMOUNT[:place] + digit + AMOUNT[place + 1 :]
    sound, changed = _one_byte_changed(config, message, item, row, value)
    dialect = build_dialect(config.dialect)
    assert not any(one.error for one in dialect.decode(message, sound).rows)
    if title in found.by_content:
        with pytest.raises(AnswerUnreadable):
            dialect.decode(message, changed)
        return
    read = dialect.decode(message, changed).rows[row]
    assert not read.error, "the layout notices more than it is said to"
    assert read.values[item] != _rows(message)[row][item]
    assert (title in found.unguarded) == (not found.on_the_way)
    _notices_on_the_way(found.on_the_way, sound, changed)


def _notices_on_the_way(way: str, sound: bytes, changed: bytes) -> None:
    if "SHA-256" in way:
        assert marker_text(sound) != marker_text(changed)
    if "MAC" in way:
        digest = payload_digest(sound, KEYS)
        package = pack(Manifest(digest=digest, **MANIFEST), sound, KEYS)
        assert unpack(package, KEYS)[1] == sound
        at = len(package) - len(sound) // 2
        with pytest.raises(PackageRefused):
            unpack(package[:at] + bytes([package[at] ^ 1]) + package[at + 1 :], KEYS)
        with pytest.raises(PackageRefused):
            unpack(pack(Manifest(digest=digest, **MANIFEST), changed, KEYS), KEYS)
