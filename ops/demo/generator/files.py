"""Writes a sample prefecture's folder."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from ops.demo.generator.awkward import plant
from ops.demo.generator.expenses import Receipt, receipts_of
from ops.demo.generator.people import School
from ops.demo.generator.places import PREFECTURES, Size
from ops.demo.generator.sealing import SampleKeys, write_numbers, write_population
from ops.demo.generator.truth import write_prefecture, write_truth
from ops.demo.generator.workbooks import write_expenses, write_roster
from ops.demo.generator.world import FISCAL_YEAR, World, build_world


@dataclass(frozen=True, slots=True)
class SampleFolder:
    """Where everything of a sample prefecture lies; the names are the same for every prefecture."""

    root: Path

    def school(self, school_code: str) -> Path:
        return self.root / school_code

    def roster(self, school_code: str) -> Path:
        return self.school(school_code) / "roster.xlsx"

    def expenses(self, school_code: str) -> Path:
        return self.school(school_code) / "expenses.xlsx"

    def numbers(self, school_code: str) -> Path:
        return self.school(school_code) / "numbers.sealed"

    @property
    def population(self) -> Path:
        return self.root / "population.sealed"

    @property
    def truth(self) -> Path:
        return self.root / "truth.json"

    @property
    def prefecture(self) -> Path:
        return self.root / "prefecture.json"


def generate(
    out_dir: Path, prefecture: str, size: Size, seed: int, keys: SampleKeys, fiscal_year: int = FISCAL_YEAR
) -> SampleFolder:
    """Write the files of one prefecture (nara, hiroshima, osaka) into `out_dir/<prefecture>/`.

    The same arguments give the same content on every machine; only the sealed files differ in their bytes (fresh
    salts). Raises KeyError for an unknown prefecture, OSError when the disk does not take the files.
    """
    place = PREFECTURES[prefecture]
    world, families = build_world(place, size, seed, fiscal_year)
    plant(world, families)
    folder = SampleFolder(out_dir / place.slug)
    for school in world.schools:
        folder.school(school.code).mkdir(parents=True, exist_ok=True)
    receipts = {school.code: _write_school(folder, world, school, keys) for school in world.schools}
    write_population(folder.population, world, keys.population)
    write_prefecture(folder.prefecture, world)
    write_truth(folder.truth, world, receipts)
    return folder


def _write_school(folder: SampleFolder, world: World, school: School, keys: SampleKeys) -> list[Receipt]:
    homes, pupils = world.households_of(school), world.enrolments_of(school)
    random = Random(f"receipts/{world.seed}/{school.code}")  # noqa: S311 - samples, no secrets
    receipts = [receipt for pupil in pupils for receipt in receipts_of(pupil, world.fiscal_year, random)]
    write_roster(folder.roster(school.code), school, world.fiscal_year, homes, pupils)
    write_expenses(folder.expenses(school.code), school, world.fiscal_year, receipts)
    write_numbers(folder.numbers(school.code), world, school, keys.numbers)
    return receipts
