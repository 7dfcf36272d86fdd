"""What is marked on the page of an answer: only what differs, and nothing where it is one and the same."""

from __future__ import annotations

from domain.linkage.matching import Item
from domain.linkage.presenting import Line, _line


def line(item: Item, ours: str, answer: str, *, equal: bool) -> Line:
    return _line(item, {"ours": ours, "answer": answer}, equal=equal, hidden=False)


def painted(found: Line) -> tuple[list[str], list[str]]:
    ours, answer = ([each.text for each in side if each.differs] for side in (found.ours, found.answer))
    return ours, answer


def test_kana_of_two_scripts_that_are_one_are_not_painted() -> None:
    for answer in ("オガワ　タロウ", "ｵｶﾞﾜ ﾀﾛｳ"):
        found = line(Item.KANA, "おがわ　たろう", answer, equal=True)
        assert painted(found) == ([], [])
        assert (found.ours_points, found.answer_points) == ("", "")


def test_another_form_of_a_character_is_named_though_it_is_one_person() -> None:
    found = line(Item.NAME, "髙橋　花子", "高橋 花子", equal=True)
    assert painted(found) == ([], [])
    assert (found.ours_points, found.answer_points) == ("髙 U+9AD9", "高 U+9AD8")


def test_an_address_written_in_another_way_has_no_code_points() -> None:
    assert line(Item.ADDRESS, "見本町1丁目2番3号", "見本町１－２－３", equal=True).answer_points == ""


def test_of_kana_only_what_is_read_differently_is_painted() -> None:
    found = line(Item.KANA, "おがわたろう", "オガタタロウ", equal=False)
    assert painted(found) == (["わ"], ["タ"])


def test_of_a_day_the_part_that_differs_is_painted() -> None:
    found = line(Item.BORN, "1985-05-06", "1985-06-05", equal=False)
    assert painted(found) == (["5月", "6日"], ["6月", "5日"])
    assert painted(line(Item.BORN, "1985-05-06", "1985-05-06", equal=True)) == ([], [])
    assert painted(line(Item.BORN, "1985-05-06", "", equal=False)) == (["昭和60年5月6日"], ["（回答なし）"])
    assert painted(line(Item.BORN, "2019-05-01", "2020-05-01", equal=False)) == (["令和元年"], ["令和2年"])
