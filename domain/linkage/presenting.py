"""An inquiry as a page shows it: our value beside the answered one, what differs marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.households.models import Household
from domain.linkage.answers import AMOUNTS
from domain.linkage.matching import Item, Segment, code_points, marked
from domain.linkage.models import Inquiry
from web.dates import DateError, to_wareki
from web.formatting import format_yen

PROTECTED = "（支援措置のため表示しません）"
NOT_ANSWERED = "（回答なし）"
ABSENT = {"blank": "（空欄で回答）", "missing": "（項目なし）"}
AMOUNT_TITLES = dict(
    zip(
        AMOUNTS,
        ("総所得金額", "退職所得金額", "山林所得金額", "社会保険料控除", "生命保険料控除", "地震保険料控除"),
        strict=True,
    )
)


def address_shown(household: Household, address: str) -> str:
    """An address of this household as a page may show it (支援措置)."""
    return PROTECTED if household.address_hidden else address


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the comparison. `equal` items carry their text whole."""

    title: str
    equal: bool
    ours: list[Segment]
    answer: list[Segment]
    ours_points: str = ""
    answer_points: str = ""


def comparison(inquiry: Inquiry) -> list[Line]:
    """The four items in order; those that differ as they stood when they were compared."""
    if inquiry.answer is None:
        return []
    different = {item["item"]: item for item in inquiry.match_detail.get("items", [])}
    member, household = inquiry.member, inquiry.member.household
    equal = {
        Item.NAME: member.name,
        Item.KANA: member.kana,
        Item.BORN: to_wareki(member.born),
        Item.ADDRESS: address_shown(household, household.year_end_address or household.address),
    }
    return [
        _different(item, different[item.value], hidden=household.address_hidden)
        if item.value in different
        else Line(item.value, True, [Segment(equal[item], False)], [])
        for item in Item
    ]


def facts(answer: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What was answered, as terms and values. Amounts 円・年額."""
    if answer is None:
        return []
    if "total_income" in answer:
        absent = answer.get("absent", {})
        head = [("課税年度", str(answer["tax_year"] or "–")), ("課税団体", answer["municipality"] or "–")]
        return head + [
            (f"{AMOUNT_TITLES[name]}（円）", ABSENT[absent[name]] if name in absent else format_yen(answer[name]))
            for name in AMOUNTS
        ]
    if "receiving" in answer:
        period = f"{_day(answer['since']) or '–'} から {_day(answer['until']) or '–'} まで"
        return [("生活保護", "受給している" if answer["receiving"] else "受給していない"), ("期間", period)]
    return [("回答側の世帯", answer.get("household") or "–")]


def _different(item: Item, found: Mapping[str, str], *, hidden: bool) -> Line:
    if item is Item.ADDRESS and hidden:
        return Line(item.value, False, [Segment(PROTECTED, False)], [Segment(PROTECTED, False)])
    ours, answer = found["ours"], found["answer"]
    if item is Item.BORN:
        return Line(item.value, False, [Segment(_day(ours), True)], [Segment(_day(answer) or NOT_ANSWERED, True)])
    return Line(
        item.value,
        False,
        marked(ours, answer),
        marked(answer, ours) or [Segment(NOT_ANSWERED, True)],
        "、".join(code_points(ours, answer)),
        "、".join(code_points(answer, ours)),
    )


def _day(text: str | None) -> str:
    try:
        return to_wareki(date.fromisoformat(text)) if text else ""
    except (ValueError, DateError):
        return text or ""
