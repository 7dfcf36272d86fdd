"""Dates as Japanese offices write them (和暦): reading what people type and writing what they read.

No Django import: rules, adapters and forms share these functions.
"""

import re
import unicodedata
from datetime import date
from typing import ClassVar

from web.eras import BY_MARK, ERAS, SOLAR_CALENDAR_FROM, Era, era_on
from web.periods import Validity, age_on, age_reached_on, fiscal_year_of, fiscal_year_validity

__all__ = [
    "ERAS",
    "DateError",
    "Era",
    "Validity",
    "age_on",
    "age_reached_on",
    "era_on",
    "fiscal_year_label",
    "fiscal_year_of",
    "fiscal_year_validity",
    "parse_japanese_date",
    "to_wareki",
    "to_wareki_short",
]

EXAMPLE = "例: 令和6年4月1日、R6.4.1、2024/4/1、20240401"

_MARKS = "|".join(sorted(BY_MARK, key=len, reverse=True))
_MONTH_AND_DAY = r"[年./-](?P<m>[0-9]{1,2})[月./-](?P<d>[0-9]{1,2})日?"
_ERA_DATE = re.compile(rf"(?P<era>{_MARKS})(?P<y>元|[0-9]{{1,2}}){_MONTH_AND_DAY}")
_ERA_COMPACT = re.compile(rf"(?P<era>{_MARKS})(?P<y>[0-9]{{2}})(?P<m>[0-9]{{2}})(?P<d>[0-9]{{2}})")
_WESTERN = re.compile(rf"(?P<y>[0-9]{{4}}){_MONTH_AND_DAY}")
_WESTERN_COMPACT = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})")
_BARE_ERA_YEAR = re.compile(r"[0-9]{1,2}[年./-][0-9]{1,2}[月./-][0-9]{1,2}日?")

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))


class DateError(ValueError):
    """A date that cannot be read or does not exist. The text says what is wrong and how to write it.

    What was typed is not repeated unless it was read as a date: the field may hold anything, even a 個人番号.
    """

    error_id: ClassVar[str] = "web.date"


def to_wareki(day: date) -> str:
    """令和8年4月1日; the first year is 元年. Raises DateError before 1873 (lunar calendar)."""
    era, year = _era_year(day)
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def to_wareki_short(day: date) -> str:
    """R8.4.1, for narrow columns. Raises DateError before 1873."""
    era, year = _era_year(day)
    return f"{era.letter}{year}.{day.month}.{day.day}"


def fiscal_year_label(fiscal_year: int) -> str:
    """令和8年度. A fiscal year is named after its first day, so 2019 is 平成31年度."""
    first_day = fiscal_year_validity(fiscal_year).starts_on
    era, year = _era_year(first_day)
    return f"{era.name}{'元' if year == 1 else year}年度"


def parse_japanese_date(text: str) -> date:
    """Read a date in any of the forms of `EXAMPLE`; full-width characters and spaces do not matter.

    Raises DateError when the form is unknown, the day does not exist, or the era did not hold on that day
    (昭和64年1月8日, 平成31年5月1日).
    """
    typed = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).translate(_DASHES).upper()
    if not typed:
        raise DateError(f"日付を入力してください（{EXAMPLE}）。")
    if match := _ERA_DATE.fullmatch(typed) or _ERA_COMPACT.fullmatch(typed):
        return _from_era(match)
    if match := _WESTERN.fullmatch(typed) or _WESTERN_COMPACT.fullmatch(typed):
        year, month, day_number = int(match["y"]), int(match["m"]), int(match["d"])
        return _checked(year, month, day_number, f"{year}年{month}月{day_number}日")
    if _BARE_ERA_YEAR.fullmatch(typed):
        raise DateError(f"元号がありません。令和・平成・昭和などを付けてください（{EXAMPLE}）。")
    raise DateError(f"日付として読めません。{EXAMPLE} のように入力してください。")


def _era_year(day: date) -> tuple[Era, int]:
    era = era_on(day)
    if era is None:
        raise DateError("明治6年1月1日より前の日付は旧暦のため和暦に直せません。")
    return era, era.year_of(day)


def _from_era(match: re.Match[str]) -> date:
    era = BY_MARK[match["era"]]
    year = 1 if match["y"] == "元" else int(match["y"])
    month, day_number = int(match["m"]), int(match["d"])
    written = f"{era.name}{year}年{month}月{day_number}日"
    if year == 0:
        raise DateError(f"{written}という年はありません。元年は1年と入力してください。")
    day = _checked(era.calendar_year(year), month, day_number, written)
    if not era.holds_on(day):
        raise DateError(f"{written}はありません。その日は{to_wareki(day)}です。")
    return day


def _checked(year: int, month: int, day_number: int, written: str) -> date:
    try:
        day = date(year, month, day_number)
    except ValueError:
        raise DateError(f"{written}という日はありません。月と日を確かめてください。") from None
    if day < SOLAR_CALENDAR_FROM:
        raise DateError("明治6年（1873年）1月1日より前の日付は入力できません。年を確かめてください。")
    return day
