"""Fixed width counted in bytes: what is written, what is caught, where a fault is said to be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.dialects.base import Made
from integrations.atena_adapters.dialects.dates import read_day, read_year, write_day, write_year
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.dialects.speed import records_per_second, sample_answers
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import Message, Row
from integrations.atena_adapters.registry import preset

MADE = Made("R08-0001", 7, datetime(2026, 6, 1, 0, 30, tzinfo=UTC))
ANSWER = Message.INQUIRY_ANSWER


def _config(**dialect: Any) -> AdapterConfig:
    values = preset("fixed").model_dump()
    values["dialect"] |= dialect
    return AdapterConfig.model_validate(values)


FIXED = build_dialect(preset("fixed").dialect)


def _answers(count: int = 3, **changes: str | None) -> bytes:
    return FIXED.encode(ANSWER, MADE, [row | changes for row in sample_answers(count)]).payload


def test_every_record_has_the_same_length_in_bytes() -> None:
    lines = _answers().split(b"\r\n")
    assert lines.pop() == b""
    assert {len(line) for line in lines} == {651}
    assert [line[:1] for line in lines] == [b"1", b"2", b"2", b"2", b"8"]
    assert lines[0][:56].decode("cp932") == "132R08-0001" + " " * 32 + "5080601000007"
    assert lines[4][1:9] == b"00000003"


def test_values_stand_where_the_layout_says() -> None:
    row: Row = {
        "line_id": "L1", "atena_number": "A0000001", "kind": "tax", "result": "answered", "name": "サンプル　髙一", "kana": "ガッコウ",
        "born": "1989-01-07", "total_income": "-120", "retirement_income": "", "forest_income": None, "social_insurance": "0",
    }  # fmt: skip
    record = FIXED.encode(ANSWER, MADE, [row]).payload.split(b"\r\n")[1]
    assert record[41:60] == b"A0000001       02A "
    assert record[160:220] == "ｶﾞｯｺｳ".encode("cp932").ljust(60)
    assert record[300:307] == b"3640107"
    assert record[570:625] == b"-0000000120" + b" " * 11 + b"*" * 11 + b"00000000000" + b"*" * 11
    back = FIXED.decode(ANSWER, FIXED.encode(ANSWER, MADE, [row]).payload)
    assert back.batch_id == "R08-0001"
    assert {name: back.rows[0].values[name] for name in row} == row | {"kana": "ガッコウ"}


def test_what_does_not_fit_is_refused_and_never_cut() -> None:
    encoded = FIXED.encode(ANSWER, MADE, [{"line_id": "L1", "result": "answered", "name": "長" * 41}])
    assert encoded.count == 0
    assert "82バイト、上限80バイト" in encoded.refused["L1"]


def test_a_fault_is_told_with_line_offset_and_shape_but_without_the_value() -> None:
    payload = bytearray(_answers())
    at = payload.index(b"3350101")  # the first birthday, 1960-01-01
    config = _config(tail_record=[], hash_fields=[])
    payload[at : at + 7] = b"9350101"
    body = bytes(payload[: payload.rindex(b"8" + b"00000003")])
    amount = body.index(b"00001000001")
    body = body[:amount] + b"0000x000001" + body[amount + 11 :]
    rows = build_dialect(config.dialect).decode(ANSWER, body).rows
    assert rows[0].values["born"] == "9350101"  # kept as text: it is no day
    fault = rows[1].fault
    assert fault is not None
    assert (fault.line, fault.offset, fault.item) == (3, amount, "総所得")
    assert fault.expected == "金額(数字のみ、11バイト)"
    assert fault.seen == "9999A999999"
    assert "0000x000001" not in repr(fault)
    assert not rows[0].error
    assert not rows[2].error


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (lambda p: p[:-1], "途中で切れて"),
        (lambda p: p[:700] + p[701:], "長さ"),
        (lambda p: p[653:], "先頭レコード"),
        (lambda p: p[:-653], "末尾レコード"),
        (lambda p: p[:653] + p[1306:], "件数"),
        (lambda p: b"131" + p[3:], "データ種別"),
        (lambda p: p.replace(b"00001000001", b"00001000011"), "金額合計"),
        (lambda p: p.replace(b"3350102", b"3350103"), "ハッシュ合計"),
        (lambda p: b"", "先頭レコード"),
    ],
)
def test_a_file_that_contradicts_itself_is_not_taken_in(damage: Any, text: str) -> None:
    with pytest.raises(AnswerUnreadable, match=text):
        FIXED.decode(ANSWER, damage(_answers()))


def test_records_without_line_ends_are_cut_by_length_alone() -> None:
    dialect = build_dialect(_config(record_end="none").dialect)
    payload = dialect.encode(ANSWER, MADE, list(sample_answers(2))).payload
    assert len(payload) == 4 * 651
    assert len(dialect.decode(ANSWER, payload).rows) == 2
    with pytest.raises(AnswerUnreadable, match="倍数"):
        dialect.decode(ANSWER, payload[:-1])


def test_a_vendors_own_character_is_read_by_the_prefectures_table_or_reported() -> None:
    odd = _answers(1, name="サンプル〓").replace("〓".encode("cp932"), b"\xf0\x40")
    decoded = FIXED.decode(ANSWER, odd)
    assert decoded.rows[0].values["name"] == "サンプル\ue000"
    assert [problem.code for problem in decoded.problems] == ["gaiji"]
    text = preset("fixed").model_dump()["dialect"]["text"] | {"received_gaiji": {"U+E000": "辻"}}
    read = build_dialect(_config(text=text).dialect).decode(ANSWER, odd)
    assert read.rows[0].values["name"] == "サンプル辻"
    assert not read.problems


def test_only_the_networks_characters_may_be_sent_where_so_configured() -> None:
    text = preset("fixed").model_dump()["dialect"]["text"] | {"repertoire": "jisx0213", "unencodable": "refuse"}
    strict = build_dialect(_config(text=text).dialect)
    rows: list[Row] = [
        {"line_id": "L1", "result": "answered", "name": "髙橋"},
        {"line_id": "L2", "result": "answered", "name": "山﨑～－"},
    ]
    encoded = strict.encode(ANSWER, MADE, rows)
    assert set(encoded.refused) == {"L1"}
    assert "U+9AD9" in encoded.refused["L1"]
    assert FIXED.encode(ANSWER, MADE, rows).count == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"tail_record": ["=区分=2@1", "count=件数@8"]},
        {"tail_record": ["count=件数@8"]},
        {"head_record": ["=区分=1@1", "surprise=x@3"]},
        {"head_record": ["=区分=1@1", "batch=送信単位"]},
        {"hash_fields": ["name"]},
        {"missing_mark": "なし"},
        {"missing_mark": "0"},
        {"layouts": {"linkage": ["atena_number=番号"]}},
    ],
)
def test_layouts_that_cannot_work_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _config(**changes)


@pytest.mark.parametrize(
    "form", ["GYYMMDD", "AYYMMDD", "GYY/MM/DD", "AYY/MM/DD", "AYY.MM.DD", "元YY年MM月DD日", "YYYY/MM/DD"]
)
def test_days_at_the_borders_of_eras_come_back(form: str) -> None:
    days = [date(2019, 4, 30), date(2019, 5, 1), date(1989, 1, 7), date(1989, 1, 8)]
    days += [date(1926, 12, 24), date(1926, 12, 25), date(1912, 7, 29)]
    assert [read_day(write_day(day, form), form) for day in days] == days


def test_a_year_without_era_mark_needs_its_context() -> None:
    assert read_day("080401", "YYMMDD", 2026) == date(2026, 4, 1)
    assert read_day("30/04/01", "YY/MM/DD", 2026) == date(2018, 4, 1)
    assert read_day("080401", "YYMMDD", 2000) == date(1996, 4, 1)
    assert read_day("310420", "YYMMDD", 2026) == date(2019, 4, 20)
    assert read_day("580401", "YYMMDD", 2026) is None  # 昭和58: outside the thirty years
    assert read_day("000401", "YYMMDD", 2026) is None
    assert [read_year(write_year(year, "YY"), "YY", 2026) for year in (2026, 2019, 2018, 1997)] == [
        2026,
        2019,
        2018,
        1997,
    ]


def test_days_that_are_no_days_stay_text() -> None:
    for text in ("5080230", "4310501", "0000000", "不詳", "5080400", "５０８０４０１", "Q080401"):
        assert read_day(text, "GYYMMDD") is None
        assert FIXED.decode(ANSWER, _answers(1)).rows


def test_fixed_records_are_read_fast_enough() -> None:
    """The benchmark asks for 50,000 a second; here only that nothing has become slower by a factor."""
    assert records_per_second(preset("fixed"), 5_000) > 10_000


def test_a_number_that_begins_with_zero_is_not_sent_where_zeros_are_taken_off() -> None:
    values = preset("fixed").model_dump()
    for column in values["dialect"]["layouts"][ANSWER.value]:
        if column["field"] == "atena_number":
            column |= {"side": "r", "fill": "0"}
    zeros = build_dialect(AdapterConfig.model_validate(values).dialect)
    rows: list[Row] = [
        {"line_id": f"L{n}", "atena_number": number, "result": "answered"} for n, number in enumerate(("012", "120"))
    ]
    encoded = zeros.encode(ANSWER, MADE, rows)
    assert "先頭が0の番号" in encoded.refused["L0"]
    (row,) = zeros.decode(ANSWER, encoded.payload).rows
    assert row.values["atena_number"] == "120"
