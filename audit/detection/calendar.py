"""The calendar of a prefecture (業務日と利用時間), without Django and without a clock.

A day off is Saturday, Sunday, a national holiday (国民の祝日に関する法律, by jpholiday), 12/29–1/3 (the 年末年始 of
行政機関の休日に関する法律 and of the prefectures' ordinances), or a day of the prefecture's own. All intervals are half-open:
at 21:00 sharp the system is closed, at 7:00 sharp it is open. Local time is Asia/Tokyo.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import jpholiday

TOKYO = ZoneInfo("Asia/Tokyo")
MIDNIGHT = time(0)
YEAR_END = "年末年始"
_WEEKEND = {5: "土曜日", 6: "日曜日"}
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of a working day; `closes_at` 0:00 is the end of the day. `days_off`: the prefecture's own, with names."""

    opens_at: time = time(7)
    closes_at: time = time(21)
    days_off: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}))

    def hold(self, clock: time) -> bool:
        """Whether a working day is open at this time of day."""
        return self.opens_at <= clock and (self.closes_at == MIDNIGHT or clock < self.closes_at)

    def within(self, other: Hours) -> bool:
        """Whether no time of a working day is open that is not open in the other."""
        ends_by = other.closes_at == MIDNIGHT or MIDNIGHT != self.closes_at <= other.closes_at
        return other.opens_at <= self.opens_at and ends_by

    @property
    def words(self) -> str:
        """平日7:00〜21:00."""
        closing = "24:00" if self.closes_at == MIDNIGHT else clock_words(self.closes_at)
        return f"平日{clock_words(self.opens_at)}〜{closing}"


@dataclass(frozen=True, slots=True)
class Notice:
    """時間外利用届 of the person in question: aware moments, `ends_at` exclusive."""

    starts_at: datetime
    ends_at: datetime

    def covers(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


def clock_words(clock: time) -> str:
    """7:00, 23:41."""
    return f"{clock.hour}:{clock.minute:02}"


def local(moment: datetime) -> datetime:
    """The moment in Japan. Raises ValueError for a moment without a zone: it could mean anything."""
    if moment.tzinfo is None:
        raise ValueError("a moment of the calendar needs its time zone")
    return moment.astimezone(TOKYO)


def day_off_name(day: date, hours: Hours) -> str:
    """Why the day is off, in words: 文化の日, 土曜日, 年末年始, 開庁記念日. Empty on a working day."""
    return hours.days_off.get(day, "") or general_day_off(day)


def is_working_day(day: date, hours: Hours) -> bool:
    return not day_off_name(day, hours)


def is_inside(moment: datetime, hours: Hours, notices: Iterable[Notice]) -> bool:
    """Whether the system may be used at this moment: within the hours of a working day, or under a notice."""
    there = local(moment)
    usual = is_working_day(there.date(), hours) and hours.hold(there.time())
    return usual or any(notice.covers(moment) for notice in notices)


def after_working_days(moment: datetime, days: int, hours: Hours) -> datetime:
    """The end of a term of `days` (≥ 1) working days.

    The term begins at the next open moment, and ends at the same time of day, `days` working days later: from Friday
    23:41, one working day begins on Monday 7:00 and ends on Tuesday 7:00.
    """
    start = _next_open(local(moment), hours)
    following = _working_days_after(start.date(), hours)
    last = start.date()
    for _ in range(days):
        last = next(following)
    return datetime.combine(last, start.time(), TOKYO)


def _next_open(there: datetime, hours: Hours) -> datetime:
    day = there.date()
    if is_working_day(day, hours):
        if hours.hold(there.time()):
            return there
        if there.time() < hours.opens_at:
            return datetime.combine(day, hours.opens_at, TOKYO)
    return datetime.combine(next(_working_days_after(day, hours)), hours.opens_at, TOKYO)


def _working_days_after(day: date, hours: Hours) -> Iterator[date]:
    while True:
        day += _ONE_DAY
        if is_working_day(day, hours):
            yield day


@lru_cache(maxsize=4096)
def general_day_off(day: date) -> str:
    """The reason that holds for the whole country; a holiday's name is told before the weekday's."""
    holiday = jpholiday.is_holiday_name(day)
    if holiday:
        return str(holiday)
    if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return YEAR_END
    return _WEEKEND.get(day.weekday(), "")
