"""truth.json: what a run over these files should find. Holds no individual number."""

import json
from collections import Counter
from pathlib import Path

from ops.demo.generator.awkward import PARKED, REVIEW
from ops.demo.generator.expenses import Receipt
from ops.demo.generator.people import School
from ops.demo.generator.world import World


def write_prefecture(path: Path, world: World) -> None:
    """prefecture.json: what is needed to set the sample prefecture up."""
    place = world.place
    _write(
        path,
        {
            "sample": True,
            "code": place.code,
            "name": place.name,
            "slug": place.slug,
            "fiscal_year": world.fiscal_year,
            "schools": [_school(school) for school in world.schools],
            "municipalities": [
                {"code": town.code, "name": town.name, "living_cost_grade": town.grade} for town in place.municipalities
            ],
        },
    )


def write_truth(path: Path, world: World, receipts: dict[str, list[Receipt]]) -> None:
    parked = {case["household"] for case in world.cases if case["outcome"] == PARKED}
    _write(
        path,
        {
            "sample": True,
            "prefecture": world.place.slug,
            "size": world.size,
            "seed": world.seed,
            "fiscal_year": world.fiscal_year,
            "expected": _expected(world, parked) | {"receipts": sum(map(len, receipts.values()))},
            "schools": [_school(school) | _of_school(world, school, parked, receipts) for school in world.schools],
            "cases": world.cases,
        },
    )


def _expected(world: World, parked: set[str]) -> dict[str, object]:
    taken = [home for home in world.households if home.number not in parked]
    review = [case for case in world.cases if case["outcome"] == REVIEW]
    intended = Counter(str(home.intended) for home in taken)
    return {
        "households": len(world.households),
        "members": sum(len(home.people) for home in world.households),
        "enrolments": sum(len(home.enrolments) for home in world.households),
        "receivers_of_welfare": sum(home.welfare for home in taken),
        "parked_households": len(parked),
        "taken_households": len(taken),
        "taken_members": sum(len(home.people) for home in taken),
        "taken_enrolments": sum(len(home.enrolments) for home in taken),
        "review_members": len(review),
        "review_households": len({case["household"] for case in review}),
        "intended_categories": {category: intended[category] for category in ("1", "2", "3")},
        "no_category": intended["0"],
        "cases": dict(sorted(Counter(case["tag"] for case in world.cases).items())),
    }


def _of_school(world: World, school: School, parked: set[str], receipts: dict[str, list[Receipt]]) -> dict[str, object]:
    homes = world.households_of(school)
    return {
        "households": len(homes),
        "members": sum(len(home.people) for home in homes),
        "pupils": len(world.enrolments_of(school)),
        "parked_households": sum(home.number in parked for home in homes),
        "receipts": len(receipts[school.code]),
    }


def _school(school: School) -> dict[str, object]:
    return {"code": school.code, "name": school.name, "dormitory": school.dormitory}


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
