"""Answers as they are kept with an inquiry, and read back by whoever computes with them. Amounts 円・年額.

`answer` of an inquiry is a JSON object: `person` (name, kana, born, born_text, address) and, by item,
tax: `tax_year`, `municipality`, the six amounts of AMOUNTS and `absent` ("blank" answered empty, "missing" not answered);
resident: `household`; welfare: `receiving`, `since`, `until`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, assert_never

from integrations.atena_adapters.port import (
    Absence,
    AnsweredPerson,
    Facts,
    ResidentFacts,
    TaxFacts,
    WelfareFacts,
)

AMOUNTS = (
    "total_income", "retirement_income", "forest_income", "social_insurance", "life_insurance", "earthquake_insurance",
)  # fmt: skip


def to_json(facts: Facts) -> dict[str, Any]:
    """The kept form of an answer."""
    person = {"person": _person(facts.person)}
    match facts:
        case TaxFacts():
            return person | _tax(facts)
        case ResidentFacts():
            return person | {"household": facts.household}
        case WelfareFacts():
            return person | {
                "receiving": facts.receiving,
                "since": facts.since.isoformat() if facts.since else None,
                "until": facts.until.isoformat() if facts.until else None,
            }
        case _:
            assert_never(facts)


def person_of(answer: Mapping[str, Any]) -> AnsweredPerson:
    """The person as the other side wrote them."""
    person = answer["person"]
    return AnsweredPerson(
        name=person["name"],
        kana=person["kana"],
        born=date.fromisoformat(person["born"]) if person["born"] else None,
        born_text=person["born_text"],
        address=person["address"],
    )


def tax_amounts(answer: Mapping[str, Any]) -> dict[str, int | None]:
    """The six amounts of a tax answer (円・年額). None means not given, never zero."""
    return {name: answer[name] for name in AMOUNTS}


def _person(person: AnsweredPerson) -> dict[str, Any]:
    return {
        "name": person.name,
        "kana": person.kana,
        "born": person.born.isoformat() if person.born else None,
        "born_text": person.born_text,
        "address": person.address,
    }


def _tax(facts: TaxFacts) -> dict[str, Any]:
    amounts = {name: getattr(facts, name) for name in AMOUNTS}
    return {
        "tax_year": facts.tax_year,
        "municipality": facts.municipality,
        **{name: None if isinstance(amount, Absence) else amount for name, amount in amounts.items()},
        "absent": {name: amount.value for name, amount in amounts.items() if isinstance(amount, Absence)},
    }
