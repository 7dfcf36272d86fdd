"""The fictitious prefectures of a season: one for each reference link, or forty-seven at once with the links mixed."""

from __future__ import annotations

from dataclasses import dataclass

LINKS = ("rest", "sftp", "fixed", "database", "medium")
"""Reference adapters A to E; F is keyed by hand, which no machine does faster."""

COUNTRY = 47
TIMES_THE_SIZE = 20
_WEIGHTS = (6, 5, 4, 3, 2)


@dataclass(frozen=True, slots=True)
class SeasonPrefecture:
    """`hangs`: its other side takes connections and never answers until the others are done."""

    number: int
    link: str
    people: int
    hangs: bool = False

    @property
    def code(self) -> str:
        """A 団体コード with its check digit (five digits, weights 6 to 2, modulus 11)."""
        head = f"{self.number:02}000"
        total = sum(int(digit) * weight for digit, weight in zip(head, _WEIGHTS, strict=True))
        return head + str((11 - total % 11) % 10)

    @property
    def slug(self) -> str:
        return f"keisoku{self.number:02}"

    @property
    def name(self) -> str:
        return f"サンプル計測{self.number:02}県"


def one_of_each(people: int) -> list[SeasonPrefecture]:
    """A prefecture for each reference link."""
    return [SeasonPrefecture(number, link, people) for number, link in enumerate(LINKS, start=1)]


def country(count: int, people: int) -> list[SeasonPrefecture]:
    """`count` prefectures with the links mixed: the second one hangs, the third is twenty times the size of the others."""
    mixed = [SeasonPrefecture(n, LINKS[(n - 1) % len(LINKS)], people) for n in range(1, count + 1)]
    mixed[1] = SeasonPrefecture(2, "sftp", people, hangs=True)
    mixed[2] = SeasonPrefecture(3, mixed[2].link, people * TIMES_THE_SIZE)
    return mixed
