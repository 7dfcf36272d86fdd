"""突合 as a pure function: bands, swaps, spellings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.linkage.matching import Item, Ours, Verdict, code_points, compare, marked, same_address
from domain.linkage.matching.comparing import SWAPPED
from integrations.atena_adapters.port import AnsweredPerson

FATHER = Ours("01", "サンプル　髙雄", "サンプル　タカオ", date(1980, 1, 31), ("奈良県奈良市サンプル町1丁目2番3号",))
MOTHER = Ours("02", "サンプル　𠮷子", "サンプル　ヨシコ", date(1982, 5, 5), FATHER.addresses)
TWIN = replace(MOTHER, key="03", name="サンプル　二葉", kana="サンプル　フタバ")
HOUSEHOLD = (FATHER, MOTHER, TWIN)

NAMES = st.text(st.sampled_from("髙高﨑崎𠮷吉辻山田サンプル花　 一二"), min_size=1, max_size=8).filter(str.strip)
DAYS = st.dates(date(1920, 1, 1), date(2024, 12, 31))


def answered(ours: Ours, **changes: object) -> AnsweredPerson:
    values: dict[str, object] = {
        "name": ours.name, "kana": ours.kana, "born": ours.born, "address": ours.addresses[0],
    }  # fmt: skip
    return AnsweredPerson(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": "サンプル 高雄"},
        {"name": "サンプル〓雄"},
        {"kana": "ｻﾝﾌﾟﾙ ﾀｶｵ"},
        {"kana": ""},
        {"address": "奈良市サンプル町１－２－３"},
        {"address": "奈良市サンプル町1-2-3 サンプルハイツ101"},
    ],
)
def test_another_spelling_is_the_same_person(changes: dict[str, str]) -> None:
    assert compare(FATHER, answered(FATHER, **changes), HOUSEHOLD).verdict is Verdict.MATCHED


@pytest.mark.parametrize(
    ("changes", "differing"),
    [
        ({"name": "別人　太郎"}, [Item.NAME]),
        ({"kana": "サンプル　コウオ"}, [Item.KANA]),
        ({"name": "サンプル　隆雄", "kana": "サンプル　リュウオ"}, [Item.NAME, Item.KANA]),
        ({"name": "サンプル　〓雄", "kana": ""}, [Item.NAME]),
        ({"address": "奈良市サンプル町1-2-4"}, [Item.ADDRESS]),
        ({"address": ""}, [Item.ADDRESS]),
    ],
)
def test_two_of_three_go_to_a_person_with_what_differed(changes: dict[str, object], differing: list[Item]) -> None:
    found = compare(FATHER, answered(FATHER, **changes), HOUSEHOLD)
    assert found.verdict is Verdict.REVIEW
    assert [finding.item for finding in found.findings] == differing
    assert all(item.value in found.reason for item in differing)


@pytest.mark.parametrize("born", [{"born": date(1980, 1, 30)}, {"born": None, "born_text": "昭和55年 不詳"}])
def test_another_birth_date_alone_is_enough_to_refuse(born: dict[str, object]) -> None:
    found = compare(FATHER, answered(FATHER, **born), HOUSEHOLD)
    assert found.verdict is Verdict.MISMATCH
    assert [finding.item for finding in found.findings] == [Item.BORN]


def test_fewer_than_two_of_three_is_not_this_person() -> None:
    changed = answered(FATHER, born=date(1979, 1, 1), address="大阪府大阪市北区梅田1-1-1")
    assert compare(FATHER, changed, HOUSEHOLD).verdict is Verdict.MISMATCH


def test_the_answer_of_another_member_is_named_by_key_only() -> None:
    found = compare(FATHER, answered(MOTHER), HOUSEHOLD)
    assert (found.verdict, found.swapped_with) == (Verdict.MISMATCH, "02")
    assert found.reason.startswith(SWAPPED)
    assert MOTHER.name not in found.reason


def test_a_swap_of_twins_is_seen_by_the_name() -> None:
    found = compare(MOTHER, answered(TWIN), HOUSEHOLD)
    assert (found.verdict, found.swapped_with) == (Verdict.REVIEW, "03")


def test_a_wrong_birth_date_of_nobody_is_no_swap() -> None:
    found = compare(FATHER, answered(FATHER, born=date(1980, 1, 13)), HOUSEHOLD)
    assert found.swapped_with == ""
    assert SWAPPED not in found.reason


def test_an_old_and_a_new_address_are_both_known() -> None:
    moved = replace(FATHER, addresses=(*FATHER.addresses, "奈良県生駒市サンプル台4-5"))
    assert compare(moved, answered(moved, address="生駒市サンプル台4番5号")).verdict is Verdict.MATCHED


@given(NAMES, DAYS, st.integers(1, 20_000))
def test_another_birth_date_is_never_taken(name: str, born: date, days: int) -> None:
    ours = Ours("01", name, name, born, FATHER.addresses)
    found = compare(ours, answered(ours, born=born - timedelta(days=days)), HOUSEHOLD)
    assert found.verdict is Verdict.MISMATCH
    assert Item.BORN in [finding.item for finding in found.findings]


@given(NAMES, DAYS)
def test_everybody_is_their_own_answer(name: str, born: date) -> None:
    ours = Ours("01", name, name, born, FATHER.addresses)
    assert compare(ours, answered(ours), HOUSEHOLD).verdict is Verdict.MATCHED


@given(st.sampled_from(HOUSEHOLD), st.sampled_from(HOUSEHOLD))
def test_nobody_is_taken_for_somebody_else(one: Ours, other: Ours) -> None:
    found = compare(one, answered(other), HOUSEHOLD)
    assert (found.verdict is Verdict.MATCHED) == (one is other)
    assert found.swapped_with == ("" if one is other else found.swapped_with)
    assert found.swapped_with != one.key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("奈良県大和郡山市北郡山町2丁目1番地2号", "大和郡山市北郡山町２－１－２"),
        ("奈良県高市郡明日香村岡５５", "明日香村大字岡55番地"),
        ("広島県廿日市市下平良一丁目11番1号", "廿日市市下平良1-11-1"),
        ("大阪府大阪市北区梅田１－２－３　サンプル荘１０１", "大阪市北区梅田1丁目2番3号"),
        ("奈良県北葛城郡王寺町王寺2-1-23", "王寺町王寺2丁目1番23号"),
        ("奈良県奈良市サンプル町二十三番地の一", "奈良市サンプル町23-1"),
        ("奈良県吉野郡サンプル村大字サンプル", "奈良県吉野郡サンプル村　大字サンプル"),
    ],
)
def test_spellings_of_one_address(one: str, other: str) -> None:
    assert same_address(one, other)
    assert same_address(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("大阪府大阪市西成区サンプル1-2", "大阪市西区サンプル1-2"),
        ("広島県府中市サンプル町1-2", "東京都府中市サンプル町1-2"),
        ("奈良市サンプル町1-2", "奈良市サンプル町12"),
        ("奈良市サンプル町1-2", "奈良市サンプル町1-2-3"),
        ("奈良市サンプル町30", ""),
        ("", ""),
    ],
)
def test_different_addresses(one: str, other: str) -> None:
    assert not same_address(one, other)


@given(st.text("奈良市町村郡区丁目番地号0123１２３－ー一二十 　", max_size=20))
def test_any_text_is_its_own_address_and_never_an_error(text: str) -> None:
    assert same_address(text, text) == bool(text)
    assert not same_address(text, "")


def test_differences_are_shown_with_their_code_points() -> None:
    assert [(piece.text, piece.differs) for piece in marked("髙橋", "高橋")] == [("髙", True), ("橋", False)]
    assert code_points("髙橋", "高橋") == ["髙 U+9AD9"]
    assert code_points("辻\U000e0100", "辻") == ["（異体字の指定） U+E0100"]
    assert code_points("山 田", "山田") == ["（空白） U+0020"]
    assert marked("", "高橋") == []


@given(st.text(max_size=12), st.text(max_size=12))
def test_marked_pieces_join_to_the_text(text: str, other: str) -> None:
    assert "".join(piece.text for piece in marked(text, other)) == text


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        ("斎藤　花", "斉藤　花", Verdict.REVIEW),
        ("齋藤　花", "齊藤　花", Verdict.REVIEW),
        ("齋藤　花", "斎藤　花", Verdict.MATCHED),
        ("齊藤　花", "斉藤　花", Verdict.MATCHED),
    ],
)
def test_characters_that_only_look_alike_go_to_a_person(ours: str, theirs: str, verdict: Verdict) -> None:
    assert compare(replace(FATHER, name=ours), answered(FATHER, name=theirs)).verdict is verdict
