"""Families: names, ages, addresses, accounts. All plausible, none real."""

from datetime import date, timedelta
from random import Random

from ops.demo.generator.names import FAMILY, MEN, WOMEN
from ops.demo.generator.people import Household, Municipality, Person, School, Tax
from ops.demo.generator.places import SamplePrefecture

_BANKS = (("9990", "サンプル銀行"), ("9991", "サンプル信用金庫"), ("9992", "サンプル農業協同組合"))
"""Codes from a range that no institution holds."""
_TOWNS = ("見本町", "例示町", "架空町", "試験台", "サンプル町")
_GRADES_OF_RANK = (3, 6, 3, 3)
_FIRST_AGE_OF_RANK = (3, 6, 12, 15)

_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


class Families:
    """Makes households one after the other; numbers run through the prefecture."""

    def __init__(self, place: SamplePrefecture, random: Random, fiscal_year: int) -> None:
        self.place = place
        self.random = random
        self.fiscal_year = fiscal_year
        self.households = 0
        self.people = 0

    def make(self) -> Household:
        """Guardians, one or two children, sometimes a grandparent. Schools and incomes come later."""
        random = self.random
        self.households += 1
        home = self._home(self._town(), self.households)
        family, reading = random.choice(FAMILY)
        single = random.random() < 0.2
        mother = single and random.random() < 0.85
        first = self.add(home, family, reading, "母" if mother else "父", self._year(34, 50))
        first.guardian = True
        if not single:
            self.add(home, family, reading, "母", self._year(33, 49)).guardian = True
        for _ in range(1 + (random.random() < 0.55) + (random.random() < 0.15)):
            self.add_child(home)
        if random.random() < 0.12:
            self.add(home, family, reading, "祖母", self._year(64, 82))
        self.name_after_guardian(home)
        return home

    def add_child(self, home: Household) -> Person:
        family, reading = home.people[0].name.split("　")[0], home.people[0].kana.split("　")[0]
        return self.add(home, family, reading, "子", self.fiscal_year - self.random.randint(1, 18))

    def add(self, home: Household, family: str, reading: str, relation: str, year: int) -> Person:
        """A further member; given names are unique within the household."""
        random = self.random
        self.people += 1
        woman = relation in ("母", "祖母") or (relation == "子" and random.random() < 0.4)
        taken = {person.name for person in home.people}
        names = [pair for pair in (WOMEN if woman else MEN) if f"{family}　{pair[0]}" not in taken]
        given, given_reading = random.choice(names)
        born = date(year, 1, 1) + timedelta(days=random.randrange(365))
        person = Person(
            self.people, str(len(home.people) + 1), f"{family}　{given}", f"{reading}　{given_reading}", born, relation,
            Tax(home.municipality),
        )  # fmt: skip
        home.people.append(person)
        return person

    def fit_to_school(self, person: Person, school: School) -> tuple[int, int]:
        """Draw 学部 and 学年, and make the birth date fit them (2 April to 1 April)."""
        random = self.random
        ranks, weights = ((0, 1, 2, 3), (8, 32, 24, 36)) if school.kindergarten else ((1, 2, 3), (35, 26, 39))
        rank = random.choices(ranks, weights)[0]
        grade = random.randint(1, _GRADES_OF_RANK[rank])
        first = date(self.fiscal_year - _FIRST_AGE_OF_RANK[rank] - grade, 4, 2)
        person.born = first + timedelta(days=random.randrange(365))
        return rank, grade

    def place_the_others(self, home: Household) -> None:
        """Children outside the 特別支援学校 go where their age says; parents are made old enough."""
        for person in home.people:
            if person.relation == "子" and not person.special:
                person.school_name, person.stage = self._ordinary_school(person.born)
        eldest = min(person.born.year for person in home.people if person.relation == "子")
        for person in home.guardians:
            if person.born.year > eldest - 20:
                person.born = person.born.replace(year=eldest - 20 - person.running % 12, day=min(person.born.day, 28))

    def name_after_guardian(self, home: Household) -> None:
        home.guardian_name, home.guardian_kana = home.people[0].name, home.people[0].kana
        bank_code, bank_name, branch, branch_name, kind, number, _ = home.account
        holder = home.guardian_kana.translate(_KATAKANA)
        home.account = (bank_code, bank_name, branch, branch_name, kind, number, holder)

    def address_in(self, town: Municipality, n: int) -> str:
        block = f"{1 + n % 9}丁目{1 + n % 23}番{1 + n % 17}号"
        return f"{town.name}{_TOWNS[n % len(_TOWNS)]}{block}"

    def _home(self, town: Municipality, n: int) -> Household:
        bank_code, bank_name = _BANKS[n % len(_BANKS)]
        account = (bank_code, bank_name, f"90{n % 9}", "見本支店", "普通", f"{n:07d}", "")
        return Household(
            f"H{self.place.code[:2]}-{n:06d}", town, self.address_in(town, n), f"000-{n % 10_000:04d}",
            f"000-{n // 10_000:04d}-{n % 10_000:04d}", account,
        )  # fmt: skip

    def _town(self) -> Municipality:
        towns = self.place.municipalities
        weights = [max(1, 2 * (len(towns) - index)) for index in range(len(towns))]
        return self.random.choices(towns, weights)[0]

    def _year(self, youngest: int, oldest: int) -> int:
        return self.fiscal_year - self.random.randint(youngest, oldest)

    def _ordinary_school(self, born: date) -> tuple[str, str]:
        age = self.fiscal_year - born.year - (born >= date(born.year, 4, 2))
        if age < 3 or age > 17:
            return "", ""
        stage = "幼稚園等" if age < 6 else "小学校" if age < 12 else "中学校" if age < 15 else "高等学校"
        return f"サンプル{stage.removesuffix('等')}", stage
