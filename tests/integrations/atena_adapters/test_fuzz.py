"""Every dialect reader against thousands of damaged files: no crash, no hang, and no changed figure where totals watch over it."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.atena_adapters.config import AdapterConfig, FixedDialect
from integrations.atena_adapters.config.fixed import detected_items
from integrations.atena_adapters.dialects.base import Dialect, Made
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.dialects.fixed_totals import spans
from integrations.atena_adapters.dialects.speed import sample_answers
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import Message
from integrations.atena_adapters.registry import preset

MADE = Made("R08-0001", 7, datetime(2026, 6, 1, 0, 30, tzinfo=UTC))
ANSWER = Message.INQUIRY_ANSWER
FILES = 10_000
LONGEST_SECONDS = 1.0


def _variant(name: str, **changes: object) -> AdapterConfig:
    values = preset(name).model_dump()
    values["dialect"] |= changes
    return AdapterConfig.model_validate(values)


READERS = {
    "json": preset("nara"),
    "delimited utf-8": preset("hiroshima"),
    "delimited cp932": preset("osaka"),
    "delimited utf-16": _variant("hiroshima", encoding="utf-16"),
    "delimited euc, unquoted": _variant("hiroshima", encoding="euc_jp", quoting="none"),
    "fixed": preset("fixed"),
    "fixed, no totals, no line ends": _variant("fixed", head_record=[], tail_record=[], record_end="none"),
}


def _mutated(payload: bytes, chance: random.Random) -> bytes:
    data = bytearray(payload)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at : at + chance.randint(1, 20)]
            case 2:
                data[at:at] = chance.randbytes(chance.randint(1, 8))
            case 3:
                data[at:at] = chance.choice(
                    [b"\n", b"\r", b'"', b",", b"\x00", b"\xff\xfe", b"\x81", b"{", b"9" * 5_000]
                )
            case 4:
                del data[at:]
            case _:
                data[at:at] = data[: chance.randint(0, 60)]
    return bytes(data)


def _read(dialect: Dialect, payload: bytes) -> bool:
    try:
        decoded = dialect.decode(ANSWER, payload)
    except AnswerUnreadable:
        return False
    assert all(isinstance(row.values, dict) for row in decoded.rows)
    return True


@pytest.mark.parametrize("name", sorted(READERS))
def test_damaged_files_are_refused_or_read_but_never_crash_the_reader(name: str) -> None:
    dialect, chance = build_dialect(READERS[name].dialect), random.Random(20260601)  # noqa: S311 - repeatable on purpose
    payload = dialect.encode(ANSWER, MADE, list(sample_answers(2))).payload
    taken, longest = 0, 0.0
    for _ in range(FILES):
        mutated = _mutated(payload, chance)
        begun = time.thread_time()
        taken += _read(dialect, mutated)
        longest = max(longest, time.thread_time() - begun)
    assert taken < FILES
    assert longest < LONGEST_SECONDS


FIXED = preset("fixed").dialect
assert isinstance(FIXED, FixedDialect)
CODEC = build_dialect(FIXED)
WATCHED = sorted(detected_items(FIXED, ANSWER))
ROWS = list(sample_answers(4))
PAYLOAD = CODEC.encode(ANSWER, MADE, ROWS).payload
PLACES = spans(FIXED.layouts.of(ANSWER))
STEP = FIXED.record_bytes(ANSWER) + 2


def test_birth_date_and_all_amounts_are_watched() -> None:
    assert (
        sorted(
            [
                "born",
                "total_income",
                "retirement_income",
                "forest_income",
                "social_insurance",
                "life_insurance",
                "earthquake_insurance",
            ]
        )
        == WATCHED
    )
    assert isinstance(FIXED, FixedDialect)
    assert detected_items(FIXED, Message.PROVISION) == {"amount"}


@settings(max_examples=300, deadline=None)
@given(item=st.sampled_from(WATCHED), row=st.integers(0, 3), data=st.data())
def test_any_single_changed_birth_date_or_amount_is_caught(item: str, row: int, data: st.DataObject) -> None:
    place = PLACES[item]
    width = place.stop - place.start
    start = STEP * (row + 1) + place.start
    digits = st.integers(0, 10**width - 1).map(lambda number: f"{number:0{width}d}".encode())
    anything = st.binary(min_size=width, max_size=width)
    written = data.draw(st.one_of(anything, digits, st.just(b" " * width), st.just(b"*" * width)))
    if written == PAYLOAD[start : start + width] or b"\n" in written or b"\r" in written:
        return
    with pytest.raises(AnswerUnreadable):
        CODEC.decode(ANSWER, PAYLOAD[:start] + written + PAYLOAD[start + width :])
