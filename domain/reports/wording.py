"""Words that several forms print in the same way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from domain.households.models import School, StatusPeriod
from domain.rules import Standing
from tenants.core.context import require_prefecture
from typesetting.data import Category

HIDDEN_ADDRESS = "（支援措置のため記載しません）"
_CATEGORIES: dict[int, Category] = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ"}
_DOUBTS = {
    Standing.UNCONFIRMED: "【未確認】計算に用いた定めの一部が確認できていません。確認の後に変わることがあります。",
    Standing.OPERATOR: "【団体登録】計算に、教育委員会が登録した値を用いています。",
    Standing.DERIVED: "【推計】計算に、公表された額から推計した値を用いています。",
}


def category_of(number: int | None) -> Category | None:
    return None if number is None else _CATEGORIES[number]


def doubt(standings: Iterable[str]) -> str:
    """What is not confirmed of figures with these standings, by the weakest of them; "" when all is law or published."""
    present = {Standing(standing) for standing in standings if standing}
    return next((text for standing, text in _DOUBTS.items() if standing in present), "")


def grade_of(period: StatusPeriod | None, *, with_class: bool = False) -> str:
    """小学部 3年, or 小学部 3年1組."""
    if period is None:
        return "–"
    room = period.class_name.removesuffix("組") if with_class else ""
    return f"{period.get_department_display()} {period.grade}年{f'{room}組' if room else ''}"


def board() -> str:
    """The board of education that decides and pays."""
    return f"{require_prefecture().name}教育委員会"


def contact(school: School) -> list[str]:
    return [school.name, f"{board()}事務局（就学奨励費担当）"]


def share_text(share: Fraction) -> str:
    """の全額, の2分の1."""
    return "の全額" if share == 1 else f"の{share.denominator}分の{share.numerator}"


def status_on(periods: Iterable[StatusPeriod], day: date) -> StatusPeriod | None:
    """Of a pupil's periods in order of time: the one that holds on `day`, else the first."""
    first = holding = None
    for period in periods:
        first = first or period
        if period.starts_on <= day:
            holding = period
    return holding or first
