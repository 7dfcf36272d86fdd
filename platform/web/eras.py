"""The eras (元号) of modern Japan, as dated rows; a new era is a new row.

Source of the boundaries: 改元の詔書 of 1912-07-30 and 1926-12-25 ("…以後ヲ改メテ…ト為ス": the day itself already
belongs to the new era); 元号を改める政令 昭和64年政令第1号 (from 1989-01-08) and 平成31年政令第143号 (from 2019-05-01).
"""

from dataclasses import dataclass
from datetime import date

SOLAR_CALENDAR_FROM = date(1873, 1, 1)
"""明治6年1月1日 (太政官布告第337号). Before it a wareki month and day are lunar, so no conversion is offered."""


@dataclass(frozen=True, slots=True)
class Era:
    """One era; valid on `starts_on <= day < ends_before` (None: still running)."""

    name: str
    letter: str
    starts_on: date
    ends_before: date | None

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_before is None or day < self.ends_before)

    def year_of(self, day: date) -> int:
        """Year of the era; 1 is 元年."""
        return day.year - self.starts_on.year + 1

    def calendar_year(self, era_year: int) -> int:
        return self.starts_on.year + era_year - 1


ERAS = (
    Era("明治", "M", date(1868, 1, 25), date(1912, 7, 30)),
    Era("大正", "T", date(1912, 7, 30), date(1926, 12, 25)),
    Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 8)),
    Era("平成", "H", date(1989, 1, 8), date(2019, 5, 1)),
    Era("令和", "R", date(2019, 5, 1), None),
)

BY_MARK = {mark: era for era in ERAS for mark in (era.name, era.name[0], era.letter)}
"""令和, 令 and R all name the same era."""


def era_on(day: date) -> Era | None:
    """The era of a day, or None before the solar calendar of 1873."""
    if day < SOLAR_CALENDAR_FROM:
        return None
    return next((era for era in reversed(ERAS) if era.holds_on(day)), None)
