"""A dozen fictitious people for a simulator that is tried by hand, with the behaviours worth seeing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from integrations.atena_adapters.simulator.addressing import has_sound_digits
from integrations.atena_adapters.simulator.population import Person, TaxRecord, write_population

_SERIES = 98
_TOWN = "サンプル県見本市"
_BEHAVIOURS: tuple[frozenset[str], ...] = (
    frozenset(), frozenset({"hold:tax"}), frozenset({"refuse:tax"}), frozenset({"late:tax"}), frozenset({"communication_error"}),
    frozenset({"no_linkage"}), frozenset({"wrong_birth_date"}), frozenset({"number_changed"}), frozenset({"unknown_birth_day"}),
)  # fmt: skip


def sample_people() -> list[Person]:
    """Twelve people of three households; the last three have no, no declared and blank amounts of tax."""
    people = [_person(n) for n in range(1, 13)]
    people[9].tax = TaxRecord(status="no_record")
    people[10].tax = TaxRecord(status="undeclared", municipality=_TOWN)
    people[11].tax = TaxRecord(municipality=_TOWN, total_income=0, retirement_income="", forest_income=None)
    return people


def write_sample(path: Path, key: bytes) -> None:
    """Seal them as a population."""
    write_population(path, sample_people(), key)


def _person(n: int) -> Person:
    leading = f"0000{_SERIES:02d}{n:05d}"
    number = next(leading + str(digit) for digit in range(10) if has_sound_digits(leading + str(digit)))
    behaviours = _BEHAVIOURS[n - 1] if n <= len(_BEHAVIOURS) else frozenset[str]()
    tax = TaxRecord(municipality=_TOWN, total_income=1_000_000 + n * 100_000, social_insurance=150_000)
    return Person(
        individual_number=number, name=f"サンプル　{n}郎", kana="サンプル　バンゴウ", born=date(1980 + n, 1, n),
        address=f"{_TOWN}{n}番地", household=f"見本{(n + 3) // 4}", tax=tax, behaviours=behaviours,
    )  # fmt: skip
