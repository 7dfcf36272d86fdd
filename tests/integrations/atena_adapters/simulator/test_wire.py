"""The simulator's own reading and writing: eras at their boundaries, bytes, totals, and what it refuses."""

from __future__ import annotations

from datetime import date

import pytest

from integrations.atena_adapters.simulator.items import Kind, Row
from integrations.atena_adapters.simulator.profile import load
from integrations.atena_adapters.simulator.wire import characters, eras, fixed, messages
from integrations.atena_adapters.simulator.wire.errors import BadValue, Unreadable
from integrations.atena_adapters.simulator.wire.messages import Envelope

ENVELOPE = Envelope("B1", 12, date(2026, 6, 1))
FORMS = (
    "YYYY-MM-DD", "YYYYMMDD", "YYYY/MM/DD", "GYYMMDD", "AYYMMDD", "GYY/MM/DD", "AYY/MM/DD", "AYY.MM.DD", "元YY年MM月DD日",
)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "wire"),
    [("2019-04-30", "4310430"), ("2019-05-01", "5010501"), ("1989-01-07", "3640107"), ("1989-01-08", "4010108")],
)
def test_eras_change_on_their_day(day: str, wire: str) -> None:
    assert eras.write_day(day, "GYYMMDD") == wire
    assert eras.read_day(wire, "GYYMMDD", 2026) == day


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("day", ["1912-07-29", "1926-12-25", "1989-01-07", "2019-05-01", "2026-02-28", "1980-05-00"])
def test_a_day_comes_back_in_every_form(form: str, day: str) -> None:
    assert eras.read_day(eras.write_day(day, form), form, 2026) == day


def test_a_year_without_era_is_read_near_the_context() -> None:
    assert eras.read_day("080401", "YYMMDD", 2026) == "2026-04-01"
    assert eras.read_year(eras.write_year("2026", "YY"), "YY", 2026) == "2026"
    assert eras.write_year("2026", "GYY") == "508"


@pytest.mark.parametrize("wrong", ["5013200", "4320101", "9010101", "50105", "5010231"])
def test_days_that_are_none_are_refused(wrong: str) -> None:
    with pytest.raises(BadValue):
        eras.read_day(wrong, "GYYMMDD", 2026)


def test_voiced_half_kana_takes_a_byte_more() -> None:
    assert characters.half_kana("ガーゼ　パン") == "ｶﾞｰｾﾞ ﾊﾟﾝ"
    assert len(characters.half_kana("ガ").encode("cp932")) == 2


def test_what_an_encoding_lacks_becomes_a_geta() -> None:
    assert characters.carried("𠮷田〜辻\U000e0100", "cp932") == "〓田～辻"
    assert characters.carried("𠮷田", "utf-8") == "𠮷田"


def _answer(**more: str | None) -> Row:
    row: Row = {"line_id": "L1", "atena_number": "A1", "kind": "tax", "result": "answered", "reason": ""}
    facts: Row = {"born": "1980-01-31", "total_income": "1234567", "retirement_income": "", "forest_income": None}
    return row | facts | more


def test_a_fixed_record_counts_bytes_and_tells_blank_from_missing() -> None:
    form = load("fixed").form
    payload = messages.write(form, "inquiry_answer", [_answer(name="髙橋")], ENVELOPE)
    head, data, tail, rest = payload.split(b"\r\n")
    assert rest == b""
    assert {len(head), len(data), len(tail)} == {fixed.record_bytes(form, "inquiry_answer")}
    assert head.startswith(b"132B1" + b" " * 38 + b"5080601" + b"000012")
    assert b"00001234567" + b" " * 11 + b"*" * 11 in data
    assert tail.startswith(b"8" + b"00000001" + b"000000001234567")
    back = messages.read(form, "inquiry_answer", payload, "B1")[0].values
    assert (back["total_income"], back["retirement_income"], back["forest_income"]) == ("1234567", "", None)


@pytest.mark.parametrize("old", [b"1234567", b"3550131", b"8" + b"00000001"])
def test_a_changed_digit_contradicts_the_totals(old: bytes) -> None:
    form = load("fixed").form
    payload = messages.write(form, "inquiry_answer", [_answer()], ENVELOPE)
    assert payload.count(old) >= 1
    changed = payload.replace(old, old[:-1] + (b"2" if old[-1:] != b"2" else b"3"), 1)
    with pytest.raises(Unreadable):
        messages.read(form, "inquiry_answer", changed, "B1")


@pytest.mark.parametrize(
    "preset", ["sftp", "rest", "fixed", "database", "medium", "terminal", "nara", "hiroshima", "osaka"]
)
def test_every_message_comes_back(preset: str) -> None:
    form = load(preset).form
    rows: dict[str, Row] = {
        "registration": {"atena_number": "A1", "individual_number": "000000000018", "born": "1980-01-31"},
        "inquiry_answer": _answer(),
        "provision": {"line_id": "P1", "act": "change", "atena_number": "A1", "fiscal_year": "2026", "amount": "12000"},
        "receipt": {"line_id": "", "status": "partly", "accepted": "3", "rejected": "1", "reason": "理由"},
    }  # fmt: skip
    for message, row in rows.items():
        read = messages.read(form, message, messages.write(form, message, [row], ENVELOPE), "B1")
        assert [line.error for line in read] == [""]
        there = {column.item for column in form.layouts[message]}
        assert {item: read[0].values[item] for item in row if item in there} == {
            k: v for k, v in row.items() if k in there
        }


@pytest.mark.parametrize("preset", ["sftp", "rest", "fixed", "osaka"])
def test_files_that_are_cut_or_foreign_are_refused_whole(preset: str) -> None:
    form = load(preset).form
    rows: list[Row] = [{"atena_number": f"A{n}", "individual_number": "000000000018"} for n in range(3)]
    payload = messages.write(form, "registration", rows, ENVELOPE)
    for broken in (payload[: len(payload) // 2], payload[:-3], b"", b"\x82\xff\xfe" * 9):
        with pytest.raises(Unreadable):
            messages.read(form, "registration", broken, "B1")
    if preset in ("rest", "fixed"):
        with pytest.raises(Unreadable):
            messages.read(form, "registration", payload, "B2")


def test_one_bad_value_refuses_one_line_without_repeating_it() -> None:
    form = load("sftp").form
    rows: list[Row] = [{"atena_number": "A1", "individual_number": "1", "born": "1980-13-01"}, {"atena_number": "A2"}]
    lines = messages.read(form, "registration", messages.write(form, "registration", rows, ENVELOPE), "B1")
    assert lines[0].error.startswith("生年月日")
    assert "1980" not in lines[0].error
    assert lines[1].error == ""


def test_keys_of_lines_are_those_of_the_wire() -> None:
    assert [kind.value for kind in Kind if kind.key == "line_id"] == ["inquiry", "provision", "listing", "release"]
