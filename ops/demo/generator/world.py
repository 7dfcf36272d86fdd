"""A whole sample prefecture in memory: schools, households, people, enrolments. Same seed, same world."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from ops.demo.generator.families import Families
from ops.demo.generator.incomes import draw_category, give_incomes
from ops.demo.generator.people import Enrolment, Household, Person, School
from ops.demo.generator.places import PREFECTURES, SamplePrefecture, Size

FISCAL_YEAR = 2025
"""令和7年度: the year of the sample pack of rules."""

_EVERY_NTH_SPANS_SCHOOLS = 40


@dataclass(slots=True)
class World:
    """`cases`: what was planted on purpose, by tag (see `awkward`)."""

    place: SamplePrefecture
    size: Size
    seed: int
    fiscal_year: int
    schools: list[School]
    households: list[Household] = field(default_factory=list)
    cases: list[dict[str, str]] = field(default_factory=list)

    @property
    def year_end(self) -> date:
        """前年末日."""
        return date(self.fiscal_year - 1, 12, 31)

    @property
    def number_series(self) -> int:
        """Series of sample individual numbers, so that prefectures of one seed do not share numbers."""
        return (self.seed * len(PREFECTURES) + list(PREFECTURES).index(self.place.slug)) % 100

    def households_of(self, school: School) -> list[Household]:
        return [household for household in self.households if school in household.schools]

    def enrolments_of(self, school: School) -> list[Enrolment]:
        return [each for home in self.households for each in home.enrolments if each.school == school]


def build_world(
    place: SamplePrefecture, size: Size, seed: int, fiscal_year: int = FISCAL_YEAR
) -> tuple[World, Families]:
    """The ordinary world, and the maker of its families for those who go on adding."""
    world = World(place, size, seed, fiscal_year, place.make_schools(size))
    builder = _Builder(world)
    builder.build()
    return world, builder.families


class _Builder:
    def __init__(self, world: World) -> None:
        self.world = world
        self.random = Random(f"{world.seed}/{world.place.slug}/{world.size}/{world.fiscal_year}")  # noqa: S311 - samples, no secrets
        self.families = Families(world.place, self.random, world.fiscal_year)
        self.seats = {school.code: 0 for school in world.schools}

    def build(self) -> None:
        schools, pupils = self.world.schools, self.world.place.pupil_count(self.world.size)
        share, rest = divmod(pupils, len(schools))
        for place, school in enumerate(schools):
            wanted = share + (place < rest)
            while self.seats[school.code] < wanted:
                self._add_household(school, schools[(place + 1) % len(schools)], wanted)

    def _add_household(self, school: School, neighbour: School, wanted: int) -> None:
        world, random = self.world, self.random
        home = self.families.make()
        spans = len(world.schools) > 1 and len(world.households) % _EVERY_NTH_SPANS_SCHOOLS == 3
        children = [person for person in home.people if person.relation == "子"]
        self._enrol(home, children[0], school)
        if spans and len(children) < 2:
            children.append(self.families.add_child(home))
        if spans:
            self._enrol(home, children[1], neighbour)
        elif len(children) > 1 and random.random() < 0.1 and self.seats[school.code] < wanted:
            self._enrol(home, children[1], school)
        self.families.place_the_others(home)
        home.schools = list(dict.fromkeys(each.school for each in home.enrolments))
        home.intended = draw_category(random)
        home.welfare = random.random() < 0.03
        if home.welfare:
            home.intended = 1
        else:
            give_incomes(home, random, world.year_end)
        world.households.append(home)

    def _enrol(self, home: Household, person: Person, school: School) -> None:
        random, year = self.random, self.world.fiscal_year
        rank, grade = self.families.fit_to_school(person, school)
        self.seats[school.code] += 1
        seat = self.seats[school.code]
        first_year = year - grade + 1
        enrolment = Enrolment(
            school,
            f"{school.code}-{seat:04d}",
            person,
            rank,
            grade,
            str(1 + seat % 3),
            1 + seat // 3,
            date(first_year, 4, 1),
        )
        enrolment.household_number = home.number
        enrolment.attendance = self._attendance(school, rank)
        enrolment.multiple = random.random() < 0.2
        enrolment.home_visit = enrolment.attendance == "通学生" and enrolment.multiple and random.random() < 0.15
        enrolment.handbook = random.random() < 0.85
        if enrolment.attendance == "寄宿生" and grade == 1:
            enrolment.bedding = 18_000 + 500 * random.randrange(10)
        enrolment.placement = enrolment.attendance == "施設生" and random.random() < 0.6
        person.school_name, person.stage, person.special = school.name, f"特別支援学校{enrolment.department}", True
        if rank in (1, 2) and enrolment.attendance == "通学生" and random.random() < 0.4:
            person.commuting = 6_000 * random.randint(1, 12)
        home.enrolments.append(enrolment)

    def _attendance(self, school: School, rank: int) -> str:
        draw = self.random.random()
        if school.dormitory and rank > 0 and draw < 0.12:
            return "寄宿生"
        return "施設生" if draw > 0.97 else "通学生"
