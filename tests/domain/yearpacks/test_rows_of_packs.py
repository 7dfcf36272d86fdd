"""What a pack lacks, what differs between two, and contents as values: pure, on the packs that ship."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.rules import Pack, available_packs, load_pack
from domain.rules.yearpack.checking import Coverage, check
from domain.rules.yearpack.files import FOLDER, read_folder
from domain.rules.yearpack.loading import build_pack
from domain.yearpacks.content import Basis, Content, empty, is_empty, put_cell, put_row, remove
from domain.yearpacks.coverage import coverage_table
from domain.yearpacks.differences import differences
from domain.yearpacks.filling import Unreadable, age_range, cap_values, fill, fraction_text, rate_values, special_values
from domain.yearpacks.lacking import Row, lacking_rows
from domain.yearpacks.own import own_rows

BASE = "R07-former-standard"
RAW = read_folder(FOLDER / BASE)
LEDGERS = ["statutory", "subsidy"]
OWN = Basis("見本の通知（架空）", "令1条")
LACKING = lacking_rows(load_pack(BASE))
DEFAULTS: dict[str, dict[str, Any]] = {
    "rates": {"subsidy": ["1", "1/2", "0"]},
    "caps": {"annual": 10_000, "on": "expense"},
    "tables": {"amount": 10_000},
    "special": {"action": "judge"},
    "welfare_pay": {"pays": False},
    "institution_pay": {"pays": True},
}


def pack_with(content: Content) -> Pack:
    return build_pack(BASE, {BASE: RAW, "board-2025-1": content})


def start() -> Content:
    return empty("見本", 2025, BASE)


@given(row=st.sampled_from(LACKING))
@settings(max_examples=15, deadline=None)
def test_a_filled_row_is_lacking_no_more_and_taken_out_it_is_again(row: Row) -> None:
    content = fill(start(), row, DEFAULTS[row.section], OWN, LEDGERS)
    pack = pack_with(content)
    left = {each.id for each in lacking_rows(pack)}
    assert row.id not in left
    (own,) = own_rows(pack, content)
    assert (own.row.id, own.row.where, own.source, own.article) == (row.id, row.where, OWN.source, OWN.article)
    assert differences(load_pack(BASE), pack)
    assert is_empty(remove(content, own.handle, LEDGERS))


def test_all_rows_filled_leave_nothing_lacking() -> None:
    """As a board would do it: row after row until none is left."""
    content = start()
    for _ in range(3):
        for row in lacking_rows(pack_with(content)):
            content = fill(content, row, DEFAULTS[row.section], OWN, LEDGERS)
    pack = pack_with(content)
    assert lacking_rows(pack) == []
    assert check(pack).gaps == ()
    table = coverage_table(pack)
    assert table.absent == 0
    assert list(content["sources"].values()) == [OWN.source]


@pytest.mark.parametrize("info", available_packs(), ids=lambda info: info.name)
def test_every_absent_cell_has_a_row_to_fill(info: Any) -> None:
    pack = load_pack(info.extends[0], (info.name,)) if info.extends else load_pack(info.name)
    rows = lacking_rows(pack)
    named = {(item, row.section) for row in rows for item in row.key.get("items", ())}
    for cell in check(pack).cells:
        if cell.rate_absent:
            assert (cell.item, "rates") in named
        if cell.cap_absent:
            assert (cell.item, "caps") in named
    assert len({row.id for row in rows}) == len(rows)
    assert any(row.section == "tables" for row in rows) == any("[" in gap or "級地" in gap for gap in check(pack).gaps)


def test_the_table_counts_every_cell_once() -> None:
    pack = load_pack(BASE)
    table = coverage_table(pack)
    assert table.total == len(pack.items) * 6 * 3
    assert {line.item for line in table.shown("absent")} < {line.item for line in table.lines}
    assert all(Coverage.UNCONFIRMED in line.states for line in table.shown("unconfirmed"))
    assert table.shown("nonsense") == list(table.lines)


def test_a_pack_does_not_differ_from_itself_and_a_difference_turns_round() -> None:
    base, sample = load_pack(BASE), load_pack(BASE, ("sample-operator",))
    assert differences(base, base) == []
    there = {(each.kind, each.row, each.before, each.after) for each in differences(base, sample)}
    back = {(each.kind, each.row, each.after, each.before) for each in differences(sample, base)}
    assert there == back


def test_one_changed_amount_is_one_line() -> None:
    content = put_cell(start(), "class2", {"grade": "1-1"}, "3", 60_000, OWN)
    (line,) = differences(load_pack(BASE), pack_with(content))
    assert (line.row, line.before, line.after) == (
        "生活扶助 第2類　級地 1-1・世帯人員 3",
        "53,290円（公表資料）",
        "60,000円（団体設定）",
    )


def test_the_same_cases_replace_and_other_cases_add() -> None:
    key = {"items": ["school_supplies"], "departments": ["elementary", "high"], "on": "expense"}
    content = put_row(start(), "caps", {**key, "annual": 1}, OWN)
    turned = {**key, "departments": ["high", "elementary"], "annual": 2}
    content = put_row(content, "caps", turned, Basis("別の通知"))
    assert [row["annual"] for row in content["caps"]] == [2]
    assert list(content["sources"].values()) == ["別の通知"]
    content = put_row(content, "caps", {**key, "departments": ["kindergarten"], "annual": 3}, OWN)
    assert len(content["caps"]) == len(content["sources"]) == 2


@pytest.mark.parametrize(
    ("typed", "text"), [("1/2", "1/2"), ("１／２", "1/2"), ("2/4", "1/2"), ("1", "1"), ("", ""), ("?", "")]
)
def test_shares_are_read_as_people_write_them(typed: str, text: str) -> None:
    assert fraction_text(typed, "x") == text


@pytest.mark.parametrize("typed", ["0.5", "-1", "1/0", "半分", "50%", "3/2", "1/2/3"])
def test_what_is_no_share_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        fraction_text(typed, "x")


@given(st.text(max_size=12))
def test_any_text_is_a_share_or_refused(typed: str) -> None:
    with suppress(Unreadable):
        assert re.fullmatch(r"(\d+(/\d+)?)?", fraction_text(typed, "x"), re.ASCII)


def test_contradicting_entries_are_refused() -> None:
    for wrong in (
        lambda: rate_values({"statutory": ["1", "", ""]}, True),
        lambda: rate_values({"statutory": ["", "", ""]}, False),
        lambda: cap_values(1, True, "expense"),
        lambda: cap_values(None, False, "expense"),
        lambda: special_values("category", None),
        lambda: special_values("judge", 1),
        lambda: age_range("六歳"),
    ):
        with pytest.raises(Unreadable):
            wrong()
    assert age_range("６〜１１") == "6-11"
    assert age_range("70-") == "70-"
