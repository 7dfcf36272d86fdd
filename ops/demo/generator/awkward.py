"""The awkward cases, planted on purpose and written down: what is odd, where, and what should come of it."""

from collections.abc import Callable, Iterator
from datetime import date
from random import Random

from ops.demo.generator.families import Families
from ops.demo.generator.incomes import give_incomes
from ops.demo.generator.names import RARE_FAMILIES
from ops.demo.generator.people import Enrolment, Household, Person
from ops.demo.generator.world import World

REVIEW = "review"
"""Somebody has to look: 突合 does not agree, or there is no usable answer."""
PARKED = "parked"
"""The import holds the household back."""
NORMAL = "normal"
"""Goes through by itself, by a rule of its own."""


def plant(world: World, families: Families) -> None:
    """Spoil or adorn one household after the other; at full size every case is planted several times."""
    planter = _Planter(world, families)
    rounds = 1 if world.size == "small" else max(1, len(world.schools) // 5)
    for _ in range(rounds):
        for case in _CASES:
            case(planter)
    planter.note_siblings()


class _Planter:
    def __init__(self, world: World, families: Families) -> None:
        self.world = world
        self.families = families
        self.random = Random(f"awkward/{world.seed}/{world.place.slug}")  # noqa: S311 - samples, no secrets
        self.free = self._plain_households()

    def take(self) -> Household:
        """The next ordinary household: two guardians, one pupil going to school, one school."""
        home = next(self.free)
        home.awkward = True
        return home

    def note(self, tag: str, outcome: str, home: Household, person: Person | None = None, **more: str) -> None:
        place = {"school": home.schools[0].code, "household": home.number, "member": person.number if person else ""}
        self.world.cases.append({"tag": tag, "outcome": outcome, **place, **more})

    def note_siblings(self) -> None:
        for home in self.world.households:
            moved = any(each.attendance == "転出済" for each in home.enrolments)
            if len(home.schools) > 1 and not moved:
                self.note("siblings_across_schools", NORMAL, home, other_school=home.schools[1].code)

    def refit(self, home: Household) -> None:
        give_incomes(home, self.random, self.world.year_end)

    def day(self, month: int, day: int) -> date:
        return date(self.world.fiscal_year, month, day)

    def _plain_households(self) -> Iterator[Household]:
        schools = self.world.schools
        queues = [iter([home for home in self.world.households if home.schools == [school]]) for school in schools]
        while queues:
            for queue in list(queues):
                home = next((each for each in queue if _is_plain(each)), None)
                if home is None:
                    queues.remove(queue)
                else:
                    yield home


def _is_plain(home: Household) -> bool:
    return (
        not home.welfare
        and len(home.guardians) == 2
        and len(home.enrolments) == 1
        and home.enrolments[0].attendance == "通学生"
    )


def _transfer_in(planter: _Planter) -> None:
    home = planter.take()
    home.enrolments[0].enrolled_on = planter.day(6, 16)
    planter.note("transfer_in", NORMAL, home, home.pupil)


def _transfer_out(planter: _Planter) -> None:
    home = planter.take()
    home.enrolments[0].attendance, home.enrolments[0].left_on = "転出済", planter.day(6, 30)
    planter.note("transfer_out", NORMAL, home, home.pupil)


def _transfer_between(planter: _Planter) -> None:
    home = planter.take()
    old = home.enrolments[0]
    schools = planter.world.schools
    school = schools[(schools.index(old.school) + 1) % len(schools)]
    new = Enrolment(
        school, f"{school.code}-T{old.student_number[-4:]}", old.person, old.rank, old.grade, old.class_name, old.seat,
        planter.day(6, 1), household_number=home.number, multiple=old.multiple, handbook=old.handbook,
    )  # fmt: skip
    old.attendance, old.left_on = "転出済", planter.day(5, 31)
    old.person.school_name = school.name
    home.enrolments.append(new)
    home.schools.append(school)
    planter.note("transfer_between", NORMAL, home, home.pupil, other_school=school.code)


def _placement(planter: _Planter) -> None:
    home = planter.take()
    home.enrolments[0].attendance, home.enrolments[0].placement = "施設生", True
    planter.note("placement", NORMAL, home, home.pupil)


def _placement_alone(planter: _Planter) -> None:
    home = planter.take()
    home.people = [home.pupil]
    home.pupil.number = "1"
    home.enrolments[0].attendance, home.enrolments[0].placement = "施設生", True
    home.guardian_name, home.guardian_kana = "見本学園長", "みほんがくえんちょう"
    home.remarks = "サンプル児童福祉施設に入所"
    home.intended = 3
    planter.note("placement_alone", NORMAL, home, home.pupil)


def _welfare(planter: _Planter) -> None:
    home = planter.take()
    home.welfare, home.intended = True, 1
    _no_income(home)
    planter.note("welfare", NORMAL, home)


def _partial_decline(planter: _Planter) -> None:
    home = planter.take()
    home.decline, home.intended = "一部辞退", 3
    planter.note("partial_decline", NORMAL, home)


def _full_decline(planter: _Planter) -> None:
    home = planter.take()
    home.decline, home.intended = "完全辞退", 0
    planter.note("full_decline", NORMAL, home)


def _no_income_with_insurance(planter: _Planter) -> None:
    home = planter.take()
    home.intended = 1
    _no_income(home)
    home.guardians[0].tax.social_insurance = 182_400
    planter.note("no_income_with_social_insurance", NORMAL, home, home.guardians[0])


def _undeclared(planter: _Planter) -> None:
    home = planter.take()
    person = home.guardians[1]
    person.tax.status = "undeclared"
    planter.note("undeclared", REVIEW, home, person)


def _protected(planter: _Planter) -> None:
    home = planter.take()
    home.protected = True
    home.remarks = "支援措置あり。住所を印刷・表示しない"
    planter.note("address_protected", NORMAL, home)


def _rare_name(planter: _Planter) -> None:
    for family, reading in RARE_FAMILIES:
        home = planter.take()
        for person in home.people:
            person.name = f"{family}　{person.name.split('　')[1]}"
            person.kana = f"{reading}　{person.kana.split('　')[1]}"
        planter.families.name_after_guardian(home)
        planter.note("rare_name", NORMAL, home, characters=" ".join(f"U+{ord(letter):04X}" for letter in family))


def _same_name_two_households(planter: _Planter) -> None:
    one, other = planter.take(), planter.take()
    model, twin = one.guardians[0], other.guardians[0]
    twin.name, twin.kana, twin.born = model.name, model.kana, model.born
    for person in other.people:
        if person is not twin:
            given, reading = person.name.split("　")[1], person.kana.split("　")[1]
            person.name, person.kana = (
                f"{model.name.split('　')[0]}　{given}",
                f"{model.kana.split('　')[0]}　{reading}",
            )
    planter.families.name_after_guardian(other)
    planter.note("same_name_and_birthday", NORMAL, one, model, other_household=other.number)
    planter.note("same_name_and_birthday", NORMAL, other, twin, other_household=one.number)


def _same_name_one_household(planter: _Planter) -> None:
    home = planter.take()
    pupil = home.pupil
    family, reading = pupil.name.split("　")[0], pupil.kana.split("　")[0]
    cousin = planter.families.add(home, family, reading, "いとこ", pupil.born.year)
    cousin.name, cousin.kana, cousin.born = pupil.name, pupil.kana, pupil.born
    planter.note("same_name_and_birthday_in_household", PARKED, home, cousin)


def _numbers_swapped(planter: _Planter) -> None:
    home = planter.take()
    one, other = home.guardians
    home.swapped = (one.number, other.number)
    planter.note("numbers_swapped", REVIEW, home, one, other_member=other.number)
    planter.note("numbers_swapped", REVIEW, home, other, other_member=one.number)


def _wrong_birth_date(planter: _Planter) -> None:
    home = planter.take()
    person = home.guardians[0]
    person.roster_born = person.born.replace(year=person.born.year + 1, day=min(person.born.day, 28))
    planter.note("wrong_birth_date", REVIEW, home, person)


def _moved_with_address(planter: _Planter) -> None:
    home = planter.take()
    _move(planter, home)
    home.year_end_address = planter.families.address_in(home.pupil.tax.municipality, int(home.number[-6:]) + 7)
    planter.refit(home)
    planter.note("moved_with_year_end_address", NORMAL, home)


def _moved_without_address(planter: _Planter) -> None:
    home = planter.take()
    _move(planter, home)
    home.year_end = None
    for person in home.people:
        if person.adult:
            planter.note("moved_without_year_end_address", REVIEW, home, person)


def _held(planter: _Planter) -> None:
    home = planter.take()
    home.guardians[0].behaviours.append("hold:tax")
    planter.note("held", REVIEW, home, home.guardians[0])


def _refused(planter: _Planter) -> None:
    home = planter.take()
    home.guardians[0].behaviours.append("refuse:tax")
    planter.note("refused", REVIEW, home, home.guardians[0])


def _grade_missing(planter: _Planter) -> None:
    home = planter.take()
    home.grade_missing = True
    planter.note("grade_missing", PARKED, home)


def _era_over(planter: _Planter) -> None:
    home = planter.take()
    person = home.guardians[1]
    person.roster_born = "平成31年5月1日"
    planter.note("date_outside_its_era", PARKED, home, person)


def _wide_digits(planter: _Planter) -> None:
    home = planter.take()
    home.pupil.commuting, home.pupil.wide_commuting = 24_000, True
    planter.note("wide_digits", NORMAL, home, home.pupil)


def _no_income(home: Household) -> None:
    for person in home.people:
        tax = person.tax
        tax.total_income = tax.forest_income = tax.retirement_income = 0
        tax.social_insurance = tax.life_insurance = tax.earthquake_insurance = 0


def _move(planter: _Planter, home: Household) -> None:
    """The family lived elsewhere on 1 January: the tax is there, and 級地 goes by that place."""
    towns = planter.world.place.municipalities
    home.year_end = towns[(towns.index(home.municipality) + 1) % len(towns)]
    for person in home.people:
        person.tax.municipality = home.year_end


_CASES: tuple[Callable[[_Planter], None], ...] = (
    _transfer_in, _transfer_out, _transfer_between, _placement, _placement_alone, _welfare, _partial_decline, _full_decline,
    _no_income_with_insurance, _undeclared, _protected, _rare_name, _same_name_two_households, _same_name_one_household,
    _numbers_swapped, _wrong_birth_date, _moved_with_address, _moved_without_address, _held, _refused, _grade_missing,
    _era_over, _wide_digits,
)  # fmt: skip
