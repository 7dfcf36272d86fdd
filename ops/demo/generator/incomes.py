"""Incomes that make the categories come out near Ⅰ 60 %, Ⅱ 30 %, Ⅲ 10 %.

The need is only estimated here (旧保護基準 1級地-1, scaled by 級地, 円/月); incomes keep well away from the boundaries 1.5
and 2.5, so that the exact rule decides as intended without this module copying it.
"""

from datetime import date
from random import Random

from ops.demo.generator.people import Household, Person

_BY_AGE = (
    (2, 20_900),
    (5, 26_350),
    (11, 34_070),
    (19, 42_080),
    (40, 40_270),
    (59, 38_180),
    (69, 36_100),
    (200, 32_340),
)
_BY_SIZE = (43_430, 48_070, 53_290, 55_160)
_EACH_FURTHER = 440
_GRADE_PER_MILLE = {"1-1": 1000, "1-2": 955, "2-1": 910, "2-2": 865, "3-1": 820, "3-2": 775}
_WINTER_AND_YEAR_END_PER_HEAD = 1_750
_SCHOOLING = {"小": 6_500, "中": 9_100}
_HOUSING = 13_000
_FURTHER_PUPIL = 26_000

_RATIOS = {1: (35, 126), 2: (170, 226), 3: (275, 420)}
"""Annual income as a percentage of annual need, by category."""


def estimated_need(household: Household, year_end: date) -> int:
    """Monthly need, yen, roughly."""
    total = _HOUSING + (sum(person.special for person in household.people) - 1) * _FURTHER_PUPIL
    size = len(household.people)
    total += _BY_SIZE[min(size, 4) - 1] + max(0, size - 4) * _EACH_FURTHER + size * _WINTER_AND_YEAR_END_PER_HEAD
    for person in household.people:
        age = year_end.year - person.born.year
        total += next(amount for highest, amount in _BY_AGE if age <= highest)
        total += next(
            (cost for mark, cost in _SCHOOLING.items() if person.stage.endswith((f"{mark}学校", f"{mark}学部"))), 0
        )
    grade = (household.year_end or household.municipality).grade
    return total * _GRADE_PER_MILLE[grade] // 1000


def draw_category(random: Random) -> int:
    return random.choices((1, 2, 3), weights=(60, 30, 10))[0]


def give_incomes(household: Household, random: Random, year_end: date) -> None:
    """Spread an income that fits `household.intended` over the guardians."""
    low, high = _RATIOS[household.intended]
    target = estimated_need(household, year_end) * 12 * random.randint(low, high) // 100
    gross = target * 100 // 82
    earners = household.guardians
    shares = [100] if len(earners) < 2 or random.random() < 0.3 else [72, 28]
    for person, share in zip(earners, shares, strict=False):
        _pay(person, gross * share // 100, random)
    if random.random() < 0.01 and earners:
        earners[0].tax.retirement_income = 50_000
    if random.random() < 0.005 and earners:
        earners[0].tax.forest_income = 30_000


def _pay(person: Person, income: int, random: Random) -> None:
    person.tax.total_income = income // 1000 * 1000
    person.tax.social_insurance = income * 16 // 100
    person.tax.life_insurance = random.choice((0, 28_000, 35_000, 56_000)) if income > 1_500_000 else 0
    person.tax.earthquake_insurance = random.choice((0, 0, 8_000, 15_000)) if income > 1_500_000 else 0
