"""Days and years as text.  Era codes: 1 明治 2 大正 3 昭和 4 平成 5 令和, or M T S H R, or the era's name.

A two-digit year without era mark is read in the thirty years up to a context year: no two eras of that length share a year number,
except where one ended and the next began, and a day that fits two eras is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

_ERAS = (
    (date(2019, 5, 1), "5", "R", "令和"),
    (date(1989, 1, 8), "4", "H", "平成"),
    (date(1926, 12, 25), "3", "S", "昭和"),
    (date(1912, 7, 30), "2", "T", "大正"),
    (date(1868, 10, 23), "1", "M", "明治"),
)
_WINDOW = 30
_MARK = "([1-5MTSHR])"
_ERA_YEAR = re.compile(_MARK + r"(\d\d)", re.ASCII)
_WESTERN = {
    "YYYY-MM-DD": re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII),
    "YYYYMMDD": re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII),
    "YYYY/MM/DD": re.compile(r"(\d{4})/(\d\d)/(\d\d)", re.ASCII),
}
_MARKED = {
    "GYYMMDD": re.compile(_MARK + r"(\d\d)(\d\d)(\d\d)", re.ASCII),
    "AYYMMDD": re.compile(_MARK + r"(\d\d)(\d\d)(\d\d)", re.ASCII),
    "GYY/MM/DD": re.compile(_MARK + r"(\d\d)/(\d\d)/(\d\d)", re.ASCII),
    "AYY/MM/DD": re.compile(_MARK + r"(\d\d)/(\d\d)/(\d\d)", re.ASCII),
    "AYY.MM.DD": re.compile(_MARK + r"(\d\d)\.(\d\d)\.(\d\d)", re.ASCII),
    "元YY年MM月DD日": re.compile(r"(明治|大正|昭和|平成|令和)(\d\d)年(\d\d)月(\d\d)日", re.ASCII),
}
_BARE = {
    "YYMMDD": re.compile(r"(\d\d)(\d\d)(\d\d)", re.ASCII),
    "YY/MM/DD": re.compile(r"(\d\d)/(\d\d)/(\d\d)", re.ASCII),
}
_WRITERS: dict[str, Callable[[date], str]] = {
    "YYYY-MM-DD": date.isoformat,
    "YYYYMMDD": lambda day: f"{day.year:04d}{day.month:02d}{day.day:02d}",
    "YYYY/MM/DD": lambda day: f"{day.year:04d}/{day.month:02d}/{day.day:02d}",
    "GYYMMDD": lambda day: _era_text(day, 1),
    "AYYMMDD": lambda day: _era_text(day, 2),
    "GYY/MM/DD": lambda day: _era_text(day, 1, "//"),
    "AYY/MM/DD": lambda day: _era_text(day, 2, "//"),
    "AYY.MM.DD": lambda day: _era_text(day, 2, ".."),
    "YYMMDD": lambda day: _era_text(day, 0),
    "YY/MM/DD": lambda day: _era_text(day, 0, "//"),
    "元YY年MM月DD日": lambda day: _era_text(day, 3, "年月日"),
}
_THIS_CONTEXT = 2026


def write_day(day: date, form: str) -> str:
    """A day in the configured form; days before 明治 raise ValueError in era forms."""
    return _WRITERS[form](day)


def read_day(text: str, form: str, context_year: int = _THIS_CONTEXT) -> date | None:
    """The day, or None when the text holds no complete, possible and certain day (不詳, 00000000, outside its era)."""
    if form in _WESTERN:
        match = _WESTERN[form].fullmatch(text)
        return _day(*(int(part) for part in match.groups())) if match else None
    if form in _MARKED:
        match = _MARKED[form].fullmatch(text)
        return _era_day(match[1], *(int(part) for part in match.groups()[1:])) if match else None
    match = _BARE[form].fullmatch(text)
    return _bare_day(context_year, *(int(part) for part in match.groups())) if match else None


def write_year(year: int, form: str) -> str:
    """A fiscal year (年度, beginning 1 April) in the configured form."""
    if form == "YYYY":
        return f"{year:04d}"
    last = date(year, 12, 31)
    return _era_text(last, 0)[:2] if form == "YY" else _era_text(last, 1 if form == "GYY" else 2)[:3]


def read_year(text: str, form: str, context_year: int = _THIS_CONTEXT) -> int | None:
    """The fiscal year, or None."""
    if form == "YYYY":
        return int(text) if re.fullmatch(r"\d{4}", text, re.ASCII) else None
    if form == "YY":
        return _bare_year(text, context_year)
    match = _ERA_YEAR.fullmatch(text)
    return _era_start(match[1]).year + int(match[2]) - 1 if match and int(match[2]) else None


def _era_text(day: date, sign: int, marks: str = "") -> str:
    first, second, last = marks[:1], marks[1:2], marks[2:]
    for era in _ERAS:
        if day >= era[0]:
            mark = era[sign] if sign else ""
            return f"{mark}{day.year - era[0].year + 1:02d}{first}{day.month:02d}{second}{day.day:02d}{last}"
    raise ValueError("明治より前の日付は元号で表せません。")


def _era_day(mark: str, year: int, month: int, number: int) -> date | None:
    if not year:
        return None
    day = _day(_era_start(mark).year + year - 1, month, number)
    era = _era_of(day) if day else None
    return day if era and mark in era[1:] else None


def _bare_day(context_year: int, year: int, month: int, number: int) -> date | None:
    found = {_era_day(era[2], year, month, number) for era in _ERAS} - {None}
    inside = [day for day in found if day and context_year - _WINDOW < day.year <= context_year]
    return inside[0] if len(inside) == 1 else None


def _bare_year(text: str, context_year: int) -> int | None:
    if not re.fullmatch(r"\d\d", text, re.ASCII) or text == "00":
        return None
    found = {_era_start(era[2]).year + int(text) - 1 for era in _ERAS}
    inside = [year for year in found if context_year - _WINDOW < year <= context_year and _says(year, text)]
    return inside[0] if len(inside) == 1 else None


def _says(year: int, text: str) -> bool:
    """Whether a fiscal year is written so: its era is that of its last day of December."""
    return write_year(year, "YY") == text


def _era_start(mark: str) -> date:
    return next(era[0] for era in _ERAS if mark in era[1:])


def _era_of(day: date) -> tuple[date, str, str, str] | None:
    return next((era for era in _ERAS if day >= era[0]), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
