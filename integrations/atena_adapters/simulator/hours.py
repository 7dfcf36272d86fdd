"""When the other side works: business hours, days off, maintenance, and when answers fall due."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from integrations.atena_adapters.simulator.clock import JAPAN

TIMINGS = ("delay", "next_business_day", "month_end")
_SATURDAY = 5
_LOOKS = 400


@dataclass(frozen=True, slots=True)
class Hours:
    """`opens`/`closes` None: round the clock.  `days_off`: weekends and national holidays are closed."""

    opens: time | None = None
    closes: time | None = None
    days_off: bool = False
    stops: tuple[tuple[datetime, datetime], ...] = ()

    def is_open(self, moment: float) -> bool:
        """Whether anything is done at this moment (seconds since 1970)."""
        if self.opens is None and not self.days_off and not self.stops:
            return True
        here = datetime.fromtimestamp(moment, JAPAN)
        if any(begin <= here < end for begin, end in self.stops):
            return False
        if self.days_off and not is_business_day(here.date()):
            return False
        return self.opens is None or self.closes is None or self.opens <= here.time() < self.closes

    def opening(self, moment: float) -> float:
        """The first moment from here on at which it is open."""
        here = datetime.fromtimestamp(moment, JAPAN)
        for _ in range(_LOOKS):
            if self.is_open(here.timestamp()):
                return here.timestamp()
            here = min(candidate for candidate in self._candidates(here) if candidate > here)
        return moment

    def due(self, accepted: float, delay: float, timing: str) -> float:
        """When an answer may be given: after the delay, on the next business day, or at the end of the month."""
        if timing == "delay":
            return self.opening(accepted + delay)
        day = datetime.fromtimestamp(accepted, JAPAN).date()
        day = next_business_day(day) if timing == "next_business_day" else last_business_day(day)
        start = datetime.combine(day, self.opens or time(), JAPAN).timestamp()
        return self.opening(max(start, accepted) + delay)

    def _candidates(self, here: datetime) -> list[datetime]:
        tomorrow = here.date() + timedelta(days=1)
        opens = self.opens or time()
        days = [datetime.combine(day, opens, JAPAN) for day in (here.date(), tomorrow)]
        return [*days, *(end for _, end in self.stops)]


def is_business_day(day: date) -> bool:
    """No weekend, no national holiday, not 29 December to 3 January."""
    import jpholiday

    new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return not (day.weekday() >= _SATURDAY or new_year or jpholiday.is_holiday(day))


def next_business_day(day: date) -> date:
    """The first business day after a day."""
    day += timedelta(days=1)
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def last_business_day(day: date) -> date:
    """The last business day of the month of a day."""
    day = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    while not is_business_day(day):
        day -= timedelta(days=1)
    return day
