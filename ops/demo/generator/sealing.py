"""What holds individual numbers, only ever written sealed: the schools' number files and the simulator's population."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from integrations.atena_adapters.individual_numbers import sample_number
from integrations.atena_adapters.simulator import population
from integrations.sealed_file import seal_file
from ops.demo.generator.people import Household, Person, School
from ops.demo.generator.world import World

NUMBERS_KIND = "individual-numbers"
POPULATION_KIND = population.KIND


@dataclass(frozen=True, slots=True)
class SampleKeys:
    """32 bytes each. `numbers` seals what schools hand in, `population` what the simulator of 統合宛名 reads."""

    numbers: bytes = field(repr=False)
    population: bytes = field(repr=False)


def write_numbers(path: Path, world: World, school: School, key: bytes) -> None:
    """JSON Lines: household_number, member_number, individual_number. Two members of one case are swapped on purpose."""
    homes = world.households_of(school)
    lines = (line for home in homes for line in _number_lines(world.number_series, home))
    seal_file(path, _json_lines(lines), key, kind=NUMBERS_KIND, tenant=world.place.code)


def write_population(path: Path, world: World, key: bytes) -> None:
    """Who bears a number in truth, and what the asked offices know of them; the simulator of 統合宛名 reads it."""
    people = (_known_person(world, home, person) for home in world.households for person in home.people)
    population.write_population(path, people, key, tenant=world.place.code)


def _number_lines(series: int, home: Household) -> Iterator[dict[str, object]]:
    running = {person.number: person.running for person in home.people}
    if home.swapped:
        one, other = home.swapped
        running[one], running[other] = running[other], running[one]
    for number, n in running.items():
        yield {
            "household_number": home.number,
            "member_number": number,
            "individual_number": sample_number(series, n),
        }


def _known_person(world: World, home: Household, person: Person) -> population.Person:
    tax = person.tax
    return population.Person(
        individual_number=sample_number(world.number_series, person.running),
        name=person.name,
        kana=person.kana,
        born=person.born,
        address=home.address,
        household=home.number,
        tax=population.TaxRecord(
            status=tax.status,
            municipality=tax.municipality.name,
            tax_year=world.fiscal_year,
            total_income=tax.total_income,
            retirement_income=tax.retirement_income,
            forest_income=tax.forest_income,
            social_insurance=tax.social_insurance,
            life_insurance=tax.life_insurance,
            earthquake_insurance=tax.earthquake_insurance,
        ),
        welfare=home.welfare,
        welfare_from=date(world.fiscal_year - 3, 6, 1) if home.welfare else None,
        behaviours=frozenset(person.behaviours),
    )


def _json_lines(lines: Iterable[dict[str, object]]) -> bytes:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
