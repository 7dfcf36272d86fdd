"""An inquiry as a page shows it: our value beside the answered one, what differs marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.linkage.answers import AMOUNTS, person_of
from domain.linkage.exchange.overdue import is_overdue
from domain.linkage.matching import Item, Segment, code_points, marked
from domain.linkage.models import Inquiry
from domain.linkage.protection import PROTECTED
from domain.linkage.settling import UNDER_WAY, may_be_taken
from integrations.atena_adapters.port import AnsweredPerson
from web.dates import DateError, to_wareki
from web.formatting import format_moment, format_yen

NOT_ANSWERED = "（回答なし）"
_PARTS_OF_DAY = re.compile(r"(.+?年)(\d+月)(\d+日)")
_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
"""Hiragana to katakana: the two blocks stand in one order."""
ABSENT = {"blank": "（空欄で回答）", "missing": "（項目なし）"}
AMOUNT_TITLES = dict(
    zip(
        AMOUNTS,
        ("総所得金額", "退職所得金額", "山林所得金額", "社会保険料控除", "生命保険料控除", "地震保険料控除"),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the comparison, both sides as they are written. Equal items may be spelled differently (髙 and 高)."""

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
    answer = person_of(inquiry.answer) if inquiry.answer.get("person") else AnsweredPerson()
    ours = {
        Item.NAME: member.name,
        Item.KANA: member.kana,
        Item.BORN: member.born.isoformat(),
        Item.ADDRESS: household.year_end_address or household.address,
    }
    theirs = {
        Item.NAME: answer.name,
        Item.KANA: answer.kana,
        Item.BORN: answer.born.isoformat() if answer.born else answer.born_text,
        Item.ADDRESS: answer.address,
    }
    return [
        _line(
            item,
            different.get(item.value, {"ours": ours[item], "answer": theirs[item]}),
            equal=item.value not in different,
            hidden=household.address_hidden,
        )
        for item in Item
    ]


def said(inquiry: Inquiry) -> str:
    """What may be decided about this line, in the words of its page; the choices follow the same rule."""
    if inquiry.settlement == Inquiry.Settlement.CERTIFICATE and inquiry.answer is not None:
        return "証明書で代替した後に回答が届いています。算定にどちらの額を使うかは、調書の画面で比べて選びます。"
    if inquiry.settlement != Inquiry.Settlement.NONE:
        return "処理は済んでいます。変えるときは「もう一度照会する」を選んでください。"
    sent = inquiry.batch
    if inquiry.state in UNDER_WAY and sent is not None and sent.sent_at is not None and is_overdue(sent):
        return (
            f"{format_moment(sent.sent_at)} に送り（通番 {sent.sequence}）、期限を過ぎても回答がありません。"
            "届けば取り込みます。統合宛名の担当に確かめるか、証明書で代替してください。"
        )
    if inquiry.state in UNDER_WAY:
        return "まだ回答がありません。待たずに、証明書で代替することもできます。"
    if inquiry.answer is None:
        return "回答が得られませんでした。証明書で代替するか、もう一度照会してください。"
    if inquiry.match == Inquiry.Match.MATCHED:
        return "氏名・生年月日・住所がすべて一致しています。"
    if may_be_taken(inquiry):
        return "生年月日は一致しています。違う点を確かめ、本人の回答なら採用できます。"
    return (
        "生年月日が違う回答と、二つ以上の点が違う回答は採用できません。"
        "登録内容を直してもう一度突合するか、番号を確かめてもう一度照会するか、証明書で代替してください。"
    )


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


def _line(item: Item, texts: Mapping[str, str], *, equal: bool, hidden: bool) -> Line:
    if item is Item.ADDRESS and hidden:
        return Line(item.value, equal, [Segment(PROTECTED, False)], [Segment(PROTECTED, False)])
    ours, answer = texts["ours"], texts["answer"]
    if item is Item.BORN:
        shown = _day(answer) or NOT_ANSWERED
        return Line(item.value, equal, _day_pieces(_day(ours), shown, equal), _day_pieces(shown, _day(ours), equal))
    if equal:  # spelled differently at most: nothing to look at but another form of a character (髙 and 高)
        plain = (_one_script(ours), _one_script(answer)) if item is Item.NAME else ("", "")
        points = ("、".join(code_points(*plain)), "、".join(code_points(*reversed(plain))))
        return Line(item.value, equal, [Segment(ours, False)], [Segment(answer, False)], *points)
    cut = _pieces if item is Item.KANA else marked
    return Line(
        item.value,
        equal,
        cut(ours, answer) if answer else [Segment(ours, True)],
        cut(answer, ours) or [Segment(NOT_ANSWERED, True)],
        "、".join(code_points(ours, answer)) if answer and item is not Item.KANA else "",
        "、".join(code_points(answer, ours)) if item is not Item.KANA else "",
    )


def _one_script(text: str) -> str:
    """Kana of one script and width, without spaces: おがわ and ｵｶﾞﾜ are read alike, and compared so."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(folded.translate(_KATAKANA).split())


def _pieces(text: str, other: str) -> list[Segment]:
    """As `marked`, blind to the script of kana; where a text folds to another length, by its characters as they are."""
    folded = _one_script(text)
    if len(folded) != len(text):
        return marked(text, other)
    found, start = [], 0
    for piece in marked(folded, _one_script(other)):
        found.append(Segment(text[start : start + len(piece.text)], piece.differs))
        start += len(piece.text)
    return found


def _day_pieces(day: str, other: str, equal: bool) -> list[Segment]:
    """年, 月 and 日 each by itself; something that is no day as a whole."""
    ours, theirs = _PARTS_OF_DAY.fullmatch(day), _PARTS_OF_DAY.fullmatch(other)
    if equal or ours is None or theirs is None:
        return [Segment(day, not equal)]
    return [Segment(mine, mine != its) for mine, its in zip(ours.groups(), theirs.groups(), strict=True)]


def _day(text: str | None) -> str:
    try:
        return to_wareki(date.fromisoformat(text)) if text else ""
    except (ValueError, DateError):
        return text or ""
