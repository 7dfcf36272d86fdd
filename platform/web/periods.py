"""Half-open periods, fiscal years (年度) and ages: the small calendar arithmetic every page and rule shares."""

from dataclasses import dataclass
from datetime import date, timedelta

FISCAL_YEAR_FIRST_MONTH = 4


@dataclass(frozen=True, slots=True)
class Validity:
    """What holds on `starts_on <= day < ends_before`; None means open to that side's future.

    Half-open, so that one row's end is the next row's start and no day is counted twice or lost.
    """

    starts_on: date
    ends_before: date | None = None

    def __post_init__(self) -> None:
        if self.ends_before is not None and self.ends_before <= self.starts_on:
            raise ValueError("終わりの日は始まりの日より後にしてください。")

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_before is None or day < self.ends_before)

    def overlaps(self, other: "Validity") -> bool:
        return (self.ends_before is None or other.starts_on < self.ends_before) and (
            other.ends_before is None or self.starts_on < other.ends_before
        )

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds, for print: people write closed periods (…から3月31日まで)."""
        return None if self.ends_before is None else self.ends_before - timedelta(days=1)


def fiscal_year_of(day: date) -> int:
    """The fiscal year (April to March) a day lies in: 2027-03-31 → 2026."""
    return day.year if day.month >= FISCAL_YEAR_FIRST_MONTH else day.year - 1


def fiscal_year_validity(fiscal_year: int) -> Validity:
    first = FISCAL_YEAR_FIRST_MONTH
    return Validity(date(fiscal_year, first, 1), date(fiscal_year + 1, first, 1))


def age_on(born: date, day: date) -> int:
    """Full years on a day as people count them: one more from the birthday on (29 February: from 1 March).

    Raises ValueError when the day is before the birth.
    """
    if day < born:
        raise ValueError("生年月日より前の日の年齢は数えられません。")
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_reached_on(born: date, day: date) -> int:
    """Full years reached by the end of a day.

    年齢計算ニ関スル法律 and 民法143条: a year of age is complete when the day *before* the birthday ends, so somebody
    born on 1 April completes the year on 31 March. Use it where a rule asks who "達した" an age by a day.
    """
    return age_on(born, day + timedelta(days=1))
