"""The people the simulator knows: a sealed file of JSON Lines, one fictitious person each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from integrations.sealed_file import open_sealed, seal_file

KIND = "simulator-population"
TENANT = "simulator"

Figure = int | Literal[""] | None
"""円 per year; "" is answered as a blank, None is left out of the answer."""


class TaxRecord(BaseModel):
    """What the municipality of 1 January holds.  `tax_year` None answers for any year."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["declared", "undeclared", "no_record"] = "declared"
    municipality: str = ""
    tax_year: int | None = None
    total_income: Figure = 0
    retirement_income: Figure = 0
    forest_income: Figure = 0
    social_insurance: Figure = 0
    life_insurance: Figure = 0
    earthquake_insurance: Figure = 0


class Person(BaseModel):
    """One person.

    `behaviours`: `hold`, `refuse`, `late`, `communication_error` (first time only), each for all inquiries or as
    `hold:tax` for one kind; `no_linkage` (no 符号); `wrong_birth_date` (answers carry another birthday).
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    individual_number: str = Field(repr=False)
    name: str = Field(repr=False)
    kana: str = Field(repr=False)
    born: date = Field(repr=False)
    address: str = Field(repr=False)
    household: str = ""
    tax: TaxRecord = Field(default_factory=TaxRecord, repr=False)
    welfare: bool = False
    welfare_from: date | None = None
    welfare_to: date | None = None
    behaviours: frozenset[str] = frozenset()

    def behaves(self, behaviour: str, kind: str) -> bool:
        """Whether a behaviour holds for a kind of inquiry."""
        return behaviour in self.behaviours or f"{behaviour}:{kind}" in self.behaviours


def write_population(path: Path, people: Iterable[Person], key: bytes, *, tenant: str = TENANT) -> None:
    """Seal people into a population file."""
    lines = "".join(person.model_dump_json(exclude_defaults=True) + "\n" for person in people)
    seal_file(path, lines.encode(), key, kind=KIND, tenant=tenant)


def read_population(path: Path, key: bytes, *, tenant: str = TENANT) -> dict[str, Person]:
    """The people by individual number; raises a `SealedFileError` for a file that cannot be trusted."""
    lines = open_sealed(path, key, kind=KIND, tenant=tenant).splitlines()
    people = (Person.model_validate_json(line) for line in lines if line.strip())
    return {person.individual_number: person for person in people}
