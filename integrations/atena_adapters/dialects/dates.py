"""Days and years as text.  Era codes: 1 明治 2 大正 3 昭和 4 平成 5 令和, or M T S H R."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

_ERAS = (
    (date(2019, 5, 1), "5", "R"),
    (date(1989, 1, 8), "4", "H"),
    (date(1926, 12, 25), "3", "S"),
    (date(1912, 7, 30), "2", "T"),
    (date(1868, 10, 23), "1", "M"),
)
_ERA_DATE = re.compile(r"([1-5MTSHR])(\d\d)(\d\d)(\d\d)")
_ERA_YEAR = re.compile(r"([1-5MTSHR])(\d\d)")
_WESTERN = {
    "YYYY-MM-DD": re.compile(r"(\d{4})-(\d\d)-(\d\d)"),
    "YYYYMMDD": re.compile(r"(\d{4})(\d\d)(\d\d)"),
    "YYYY/MM/DD": re.compile(r"(\d{4})/(\d\d)/(\d\d)"),
}
_WRITERS: dict[str, Callable[[date], str]] = {
    "YYYY-MM-DD": date.isoformat,
    "YYYYMMDD": lambda day: f"{day.year:04d}{day.month:02d}{day.day:02d}",
    "YYYY/MM/DD": lambda day: f"{day.year:04d}/{day.month:02d}/{day.day:02d}",
    "GYYMMDD": lambda day: _era_text(day, 1),
    "AYYMMDD": lambda day: _era_text(day, 2),
}


def write_day(day: date, form: str) -> str:
    """A day in the configured form; days before 明治 raise ValueError in era forms."""
    return _WRITERS[form](day)


def read_day(text: str, form: str) -> date | None:
    """The day, or None when the text holds no complete and possible day (不詳, 00000000, outside its era)."""
    pattern = _WESTERN.get(form)
    if pattern is None:
        return _read_era_day(text)
    match = pattern.fullmatch(text)
    return _day(*(int(part) for part in match.groups())) if match else None


def write_year(year: int, form: str) -> str:
    """A fiscal year (年度, beginning 1 April) in the configured form."""
    if form == "YYYY":
        return f"{year:04d}"
    return _era_text(date(year, 12, 31), 1 if form == "GYY" else 2)[:3]


def read_year(text: str, form: str) -> int | None:
    """The fiscal year, or None."""
    if form == "YYYY":
        return int(text) if re.fullmatch(r"\d{4}", text) else None
    match = _ERA_YEAR.fullmatch(text)
    return _era_start(match[1]).year + int(match[2]) - 1 if match and int(match[2]) else None


def _era_text(day: date, sign: int) -> str:
    for era in _ERAS:
        if day >= era[0]:
            return f"{era[sign]}{day.year - era[0].year + 1:02d}{day.month:02d}{day.day:02d}"
    raise ValueError("明治より前の日付は元号で表せません。")


def _read_era_day(text: str) -> date | None:
    match = _ERA_DATE.fullmatch(text)
    if match is None or not int(match[2]):
        return None
    day = _day(_era_start(match[1]).year + int(match[2]) - 1, int(match[3]), int(match[4]))
    era = _era_of(day) if day else None
    return day if era and match[1] in era[1:] else None


def _era_start(mark: str) -> date:
    return next(era[0] for era in _ERAS if mark in era[1:])


def _era_of(day: date) -> tuple[date, str, str] | None:
    return next((era for era in _ERAS if day >= era[0]), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
