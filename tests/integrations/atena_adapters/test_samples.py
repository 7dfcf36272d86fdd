"""Sample files and the first mismatch, round trips, and which changes a layout notices: told without a value to those without need."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from integrations.atena_adapters.checks import check_guards
from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.detection import detection
from integrations.atena_adapters.dialects.base import Made
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.dialects.speed import sample_answers
from integrations.atena_adapters.fields import Message
from integrations.atena_adapters.outcomes import MalformedAnswer, reason_of
from integrations.atena_adapters.port import CheckState
from integrations.atena_adapters.reading import reread
from integrations.atena_adapters.receipts import AskedLine, SubmissionReceipt
from integrations.atena_adapters.registry import preset, preset_names
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.roundtrip import check_round_trip
from integrations.atena_adapters.samples import run_sample

ANSWER = Message.INQUIRY_ANSWER
DOCUMENT = Path(__file__).parents[3] / "docs" / "adapters.md"


def _config(name: str, **dialect: Any) -> AdapterConfig:
    values = preset(name).model_dump()
    values["dialect"] |= dialect
    return AdapterConfig.model_validate(values)


def _file(config: AdapterConfig, count: int = 3) -> bytes:
    return build_dialect(config.dialect).encode(ANSWER, Made("s"), list(sample_answers(count))).payload


@pytest.mark.parametrize("name", preset_names())
def test_a_good_sample_is_read_whole_and_every_layout_comes_back(name: str) -> None:
    view = run_sample(preset(name), ANSWER, _file(preset(name))).operator
    assert (view.readable, view.lines, view.faults) == (True, 3, 0)
    assert check_round_trip(build_dialect(preset(name).dialect)).state is CheckState.OK


@pytest.mark.parametrize(
    ("config", "good", "bad"),
    [
        (_config("fixed", tail_record=[], hash_fields=[]), b"00001000001", b"0000x000001"),
        (_config("hiroshima"), b",1000001,", b",1x00001,"),
        (_config("osaka", trailer=""), b'"1000001"', b'"1x00001"'),
        (_config("hiroshima", encoding="utf-16"), ",1000001,".encode("utf-16-le"), ",1x00001,".encode("utf-16-le")),
        (_config("hiroshima", bom=True), b",1000001,", b",1x00001,"),
    ],
)
def test_the_first_mismatch_is_found_by_line_and_byte(config: AdapterConfig, good: bytes, bad: bytes) -> None:
    payload = _file(config).replace(good, bad)
    view = run_sample(config, ANSWER, payload)
    start = payload.index(bad)
    assert start <= view.operator.offset <= start + 2
    assert view.operator.line == (2 if "osaka" in config.transport.model_dump().get("folder", "") else 3)
    assert view.operator.item in ("総所得", "総所得金額")
    assert view.operator.faults == 1
    assert re.fullmatch('"?9+A9+"?', view.operator.seen)
    assert "x00" not in repr(view)
    assert "x00" in view.value
    assert b"x00" in view.after.replace(b"\0", b"")
    if config.dialect.kind == "fixed":
        (marked,) = [shown for shown in view.fields if shown.mismatch]
        assert marked.offset == view.operator.offset
        assert bytes.fromhex(marked.hexadecimal) == bad


def test_a_sample_that_is_no_file_of_this_layout_is_told_as_a_whole() -> None:
    view = run_sample(preset("fixed"), ANSWER, _file(preset("fixed"))[:-3])
    assert not view.operator.readable
    assert view.operator.line == 5
    totals = run_sample(preset("fixed"), ANSWER, _file(preset("fixed")).replace(b"00001000001", b"0000x000001"))
    assert totals.operator.line == 3
    assert "合いません" in totals.operator.message


def test_many_bad_lines_take_no_longer_than_many_good_ones() -> None:
    config = _config("hiroshima")
    payload = _file(config, 3_000).replace(b",2026,", b",x,")
    assert run_sample(config, ANSWER, payload).operator.faults == 3_000


def test_a_layout_that_cannot_come_back_fails_the_check() -> None:
    layouts = preset("fixed").model_dump()["dialect"]["layouts"]
    layouts["inquiry"] = [
        column | ({"width": 5} if column["field"] == "base_date" else {}) for column in layouts["inquiry"]
    ]
    found = check_round_trip(build_dialect(_config("fixed", layouts=layouts).dialect))
    assert found.state is CheckState.FAILED
    assert "基準日" in found.message


def test_unguarded_figures_are_named_in_the_check() -> None:
    assert check_guards(detection(preset("fixed"))).state is CheckState.OK
    found = check_guards(detection(preset("osaka")))
    assert found.state is CheckState.WARNING
    assert "生年月日" in found.message
    assert "総所得金額" in found.message


def test_the_document_lists_what_each_preset_guards() -> None:
    lines = [
        f"| `{name}` | {'、'.join(dict.fromkeys(found.by_content)) or 'なし'} | {found.on_the_way or 'なし'} "
        f"| {'、'.join(dict.fromkeys(found.unguarded)) or 'なし'} |"
        for name in preset_names()
        for found in (detection(preset(name)),)
    ]
    text = DOCUMENT.read_text("utf-8")
    missing = [line for line in lines if line not in text]
    assert not missing, 'docs/adapters.md, "What each layout notices" should read:\n' + "\n".join(lines)


def test_a_line_that_cannot_be_read_says_where_and_shows_no_value() -> None:
    config = _config("hiroshima")
    dialect = build_dialect(config.dialect)
    receipt = SubmissionReceipt(
        RequestKind.INQUIRY, "s", 0, datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC), "",
        (AskedLine("L000000", "A0000000"),),
    )  # fmt: skip
    key = dialect.decode(ANSWER, _file(config, 1)).rows[0].values["line_id"] or ""
    receipt = replace(receipt, lines=(AskedLine(key, ""),))
    payload = _file(config, 1).replace(b",1000000,", b",1x00000,")
    (outcome,) = reread(dialect, receipt, [payload]).outcomes.values()
    assert isinstance(outcome, MalformedAnswer)
    assert outcome.fault is not None
    assert payload[outcome.fault.offset :].startswith(b"1x00000")
    told = reason_of(outcome)
    assert f"{outcome.fault.line}行目、先頭から{outcome.fault.offset}バイト" in told
    assert "9A99999" in told
    assert "1x00000" not in told + repr(outcome)
