"""Fictitious people of one prefecture: in its database with their numbers, and the same people as the other side knows them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from domain.households.models import Household, Member, Pupil, School, StatusPeriod
from domain.vault.models import PersonNumber
from domain.vault.numbers import Number
from domain.vault.sealing import sealed_row
from integrations.atena_adapters.individual_numbers import sample_number
from integrations.atena_adapters.simulator.population import Person, TaxRecord
from ops.bench.households import FISCAL_YEAR
from web.text import fold_name

BATCH = 5_000
ADDRESS = "奈良県奈良市サンプル町{}番地"
TOWN = "奈良県奈良市"
SURNAMES = ("髙橋", "山﨑", "渡邊", "齋藤", "見本")
KANA = ("タカハシ", "ヤマサキ", "ワタナベ", "サイトウ", "ミホン")
FAMILY = (("一郎", "イチロウ", 1979), ("花子", "ハナコ", 1981), ("三郎", "サブロウ", 2014), ("梅", "ウメ", 1950))
"""Given name, kana, year of birth; the first is the guardian, the third goes to school."""
PUPIL = 2
STRANGE_EVERY = 400
"""One guardian in so many is answered with another birth date, another one's provider refuses."""


def make_people(count: int, series: int) -> list[Person]:
    """Store `count` people in households of four with one pupil each; returns what the other side holds of them."""
    school = School.objects.create(code="K01", name="サンプル計測支援学校")
    places = [(n // len(FAMILY), n % len(FAMILY)) for n in range(count)]
    homes = Household.objects.bulk_create(map(_household, range(places[-1][0] + 1)), batch_size=BATCH)
    made = Member.objects.bulk_create((_member(homes[h], h, m) for h, m in places), batch_size=BATCH)
    pupils = Pupil.objects.bulk_create(
        (_pupil(school, who) for who, (_, member) in zip(made, places, strict=True) if member == PUPIL),
        batch_size=BATCH,
    )
    StatusPeriod.objects.bulk_create(map(_status, pupils), batch_size=BATCH)
    numbers = {who.pk: sample_number(series, n) for n, who in enumerate(made, start=1)}
    field = PersonNumber.Field.INDIVIDUAL
    PersonNumber.objects.bulk_create(
        (sealed_row(member, field, Number(number)) for member, number in numbers.items()), batch_size=BATCH
    )
    return list(_there(made, places, numbers))


def _household(n: int) -> Household:
    surname, kana = SURNAMES[n % len(SURNAMES)], KANA[n % len(KANA)]
    return Household(
        number=f"K{n:06}", guardian_name=f"{surname}　{FAMILY[0][0]}", guardian_kana=f"{kana}　{FAMILY[0][1]}",
        address=ADDRESS.format(n + 1), winter_zone=6, living_cost_grade="2-1",
    )  # fmt: skip


def _member(home: Household, household: int, place: int) -> Member:
    given, kana, year = FAMILY[place]
    surname, read = SURNAMES[household % len(SURNAMES)], KANA[household % len(KANA)]
    name, spoken = f"{surname}　{given}", f"{read}　{kana}"
    return Member(
        household=home, key=f"{place + 1:02}", atena_number=f"K{household:07}{place}", name=name, kana=spoken,
        name_key=fold_name(name), kana_key=fold_name(spoken), is_guardian=place == 0,
        born=datetime.date(year, household % 12 + 1, household % 28 + 1),
    )  # fmt: skip


def _pupil(school: School, who: Member) -> Pupil:
    return Pupil(
        school=school, member=who, student_number=who.atena_number, name=who.name, kana=who.kana,
        enrolled_on=datetime.date(FISCAL_YEAR, 4, 1),
    )  # fmt: skip


def _status(pupil: Pupil) -> StatusPeriod:
    return StatusPeriod(
        pupil=pupil, starts_on=pupil.enrolled_on, department=StatusPeriod.Department.ELEMENTARY, grade=5,
        attendance=StatusPeriod.Attendance.COMMUTER,
    )  # fmt: skip


def _there(made: list[Member], places: list[tuple[int, int]], numbers: dict[int, str]) -> Iterator[Person]:
    for who, (household, place) in zip(made, places, strict=True):
        yield Person(
            individual_number=numbers[who.pk], name=who.name, kana=who.kana, born=who.born,
            address=ADDRESS.format(household + 1), household=f"K{household:06}", behaviours=_behaviours(household, place),
            tax=TaxRecord(municipality=TOWN, total_income=1_000_000 + household, social_insurance=200_000),
        )  # fmt: skip


def _behaviours(household: int, place: int) -> frozenset[str]:
    odd = {1: "wrong_birth_date", 2: "refuse:tax"}.get(household % STRANGE_EVERY) if place == 0 else None
    return frozenset({odd} if odd else ())
