"""Receipts of the first term (April to July): a mixture that yields 負担金 and 補助金 in every department. Yen, fictitious."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from ops.demo.generator.people import Enrolment

TERM_MONTHS = (4, 5, 6, 7)
_LUNCHES = {4: 14, 5: 19, 6: 21, 7: 12}
_LUNCH_PRICE = (280, 290, 330, 340)
_MEALS_A_DAY = 980


@dataclass(frozen=True, slots=True)
class Receipt:
    """`item` is a 経費項目 of the rules; `trip`: which return of the year; `purpose`: 付添中 / 付添いのため."""

    student_number: str
    item: str
    used_on: date
    amount: int
    times: int | None = None
    trip: int | None = None
    purpose: str = ""


def receipts_of(pupil: Enrolment, fiscal_year: int, random: Random) -> list[Receipt]:
    """Everything one pupil's household hands in for the term; nothing outside the days of enrolment."""
    pen = _Pen(pupil, fiscal_year, random)
    found = [*_monthly(pen), *_once(pen), *_journeys(pen)]
    first, last = pupil.enrolled_on, pupil.left_on or date(fiscal_year + 1, 3, 31)
    return sorted(
        (receipt for receipt in found if first <= receipt.used_on <= last), key=lambda each: (each.used_on, each.item)
    )


class _Pen:
    def __init__(self, pupil: Enrolment, fiscal_year: int, random: Random) -> None:
        self.pupil = pupil
        self.year = fiscal_year
        self.random = random

    def chance(self, percent: int) -> bool:
        return self.random.random() * 100 < percent

    def month_end(self, month: int) -> date:
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    def write(
        self,
        item: str,
        used_on: date,
        amount: int,
        times: int | None = None,
        trip: int | None = None,
        purpose: str = "",
    ) -> Receipt:
        return Receipt(self.pupil.student_number, item, used_on, amount, times, trip, purpose)


def _monthly(pen: _Pen) -> Iterator[Receipt]:
    pupil, random = pen.pupil, pen.random
    rides = pupil.attendance == "通学生" and not pupil.home_visit and pen.chance(45)
    fare = 10 * random.randint(36, 130)
    attended = rides and pupil.rank == 1 and pupil.grade <= 3
    for month in TERM_MONTHS:
        end, days = pen.month_end(month), _LUNCHES[month]
        if not pupil.home_visit:
            eaten = days - random.randrange(3)
            yield pen.write("学校給食費", end, eaten * _LUNCH_PRICE[pupil.rank], eaten)
        if rides:
            yield pen.write("通学費(本人)", end, fare * days, days)
        if attended:
            yield pen.write("通学費(付添人)", end, 2 * fare * days, days, purpose="付添中")
        if pupil.attendance == "寄宿生":
            yield pen.write("食費", end, _MEALS_A_DAY * days, days)
            yield pen.write(
                "日用品等購入費", date(pen.year, month, 10 + random.randrange(15)), random.randint(600, 2_400)
            )


def _once(pen: _Pen) -> Iterator[Receipt]:
    pupil, random = pen.pupil, pen.random
    april = date(pen.year, 4, 8 + random.randrange(15))
    for _ in range(random.randrange(3)):
        day = date(pen.year, random.choice(TERM_MONTHS), 1 + random.randrange(27))
        yield pen.write("学用品・通学用品購入費", day, random.randint(400, 4_800))
    if pupil.grade == 1 and pupil.rank in (1, 2):
        yield pen.write("新入学児童生徒学用品・通学用品購入費", april, random.randint(18_000, 62_000))
    if pupil.rank == 3:
        yield pen.write("教科用図書購入費", april, random.randint(2_000, 14_000))
    if pupil.rank == 3 and pupil.grade == 1:
        yield pen.write("ICT機器購入費", april, random.randint(35_000, 68_000))
    if pupil.bedding:
        yield pen.write("寝具購入費", april, pupil.bedding)
    if pen.chance(4):
        yield pen.write("オンライン学習通信費", pen.month_end(6), random.randint(1_000, 5_000))


def _journeys(pen: _Pen) -> Iterator[Receipt]:
    pupil, random = pen.pupil, pen.random
    last_grade = {1: 6, 2: 3, 3: 3}.get(pupil.rank)
    if pupil.grade == last_grade and pen.chance(35):
        day = date(pen.year, 6, 3 + random.randrange(20))
        yield pen.write("修学旅行費(本人)", day, random.randint(18_000, 24_000) * pupil.rank, 1, 1)
        if pupil.multiple and pen.chance(40):
            yield pen.write("修学旅行費(付添人)", day, random.randint(20_000, 40_000), 1, 1)
    if pen.chance(30):
        day = date(pen.year, 5, 8 + random.randrange(20))
        yield pen.write("校外活動等参加費(宿泊なし・本人)", day, random.randint(400, 2_600))
    if pupil.rank in (1, 2) and pupil.grade in (2, 5) and pen.chance(40):
        yield pen.write("宿泊生活訓練参加費(本人)", date(pen.year, 7, 3), random.randint(2_000, 6_800))
    if pupil.rank == 3 and pupil.grade >= 2 and pen.chance(50):
        yield pen.write("職場実習交通費", date(pen.year, 6, 20), 20 * random.randint(18, 70) * 5, 5)
    if pupil.rank in (1, 2) and pen.chance(12):
        yield pen.write("交流及び共同学習交通費", date(pen.year, 6, 12), 20 * random.randint(10, 40), 1)
    if pupil.attendance == "寄宿生":
        yield from _returns(pen)


def _returns(pen: _Pen) -> Iterator[Receipt]:
    """帰省: two round trips a month, counted through the year, so the fourth on goes another way."""
    pupil, random = pen.pupil, pen.random
    fare = 20 * random.randint(40, 160)
    trip = 0
    for month in TERM_MONTHS:
        for day in (11, 25):
            trip += 1
            used_on = date(pen.year, month, day)
            yield pen.write("帰省費(本人)", used_on, fare, 1, trip)
            if pupil.rank == 1:
                yield pen.write("帰省費(付添人)", used_on, 2 * fare, 1, trip, "付添中")
                yield pen.write("帰省費(付添人)", used_on, 2 * fare, 1, trip, "付添いのため")
