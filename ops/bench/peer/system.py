"""The need-and-category rule written for openfisca-core. Imports nothing of ours: it runs in the peer's own environment.

The tables are laid out once as numpy arrays and looked up by position, which is quicker than openfisca-core's own look-up in
parameters. Amounts are 円, 年額 unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.periods import YEAR
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2025"
MONTHS = 12

Person = build_entity(key="person", plural="persons", label="世帯員", is_person=True)
Household = build_entity(key="household", plural="households", label="世帯", roles=[{"key": "member"}])

TABLES = ("class1", "class2", "winter", "year_end", "housing", "education", "lunch")
INPUTS_OF_MEMBERS = ("age", "stage", "total", "retirement", "forestry", "social_insurance", "life_insurance",
                     "earthquake_insurance")  # fmt: skip
INPUTS_OF_HOUSEHOLDS = ("grade", "zone")

Home = Mapping[str, Any]
"""One household as `figures.household_for_peer` writes it."""


def build_system(figures: Mapping[str, Any]) -> TaxBenefitSystem:
    """openfisca-core's system for these figures."""
    system = TaxBenefitSystem([Person, Household])
    for name in INPUTS_OF_MEMBERS:
        system.add_variable(_variable(name, Person))
    for name in INPUTS_OF_HOUSEHOLDS:
        system.add_variable(_variable(name, Household))
    for name, entity, formula in (*_need(figures), *_income(figures)):
        system.add_variable(_variable(name, entity, formula))
    return system


def _variable(name: str, entity: Any, formula: Any = None) -> type[Variable]:
    content = {"value_type": int, "entity": entity, "definition_period": YEAR, "label": name}
    return type(name, (Variable,), content if formula is None else {**content, "formula": formula})


def _need(figures: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    times: Mapping[str, int] = figures["times_a_year"]
    table = {name: numpy.array(figures[name], dtype=numpy.int64) * times[name] for name in TABLES}

    def own_need(person: Any, period: Any) -> Any:
        """第1類 and 教育扶助 of one member."""
        stage = person("stage", period)
        living = table["class1"][person.household("grade", period), person("age", period)]
        return living + table["education"][stage] + table["lunch"][stage]

    def need(household: Any, period: Any) -> Any:
        grade, size = household("grade", period), household.nb_persons()
        exact = (
            household.sum(household.members("own_need", period))
            + table["class2"][grade, size - 1]
            + table["winter"][grade, household("zone", period), size - 1]
            + table["year_end"][grade] * size
            + table["housing"][grade]
        )
        return MONTHS * ((2 * exact.astype(numpy.int64) + MONTHS) // (2 * MONTHS))

    return [("own_need", Person, own_need), ("need", Household, need)]


def _income(figures: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    adds, deducts = figures["adds"], figures["deducts"]

    def own_income(person: Any, period: Any) -> Any:
        """所得 − 控除 of one member; may be negative."""
        return sum(person(name, period) for name in adds) - sum(person(name, period) for name in deducts)

    def income(household: Any, period: Any) -> Any:
        return numpy.maximum(0, household.sum(household.members("own_income", period)))

    def category(household: Any, period: Any) -> Any:
        need, found = (household(name, period).astype(numpy.int64) for name in ("need", "income"))
        above = [found * bottom >= need * top for top, bottom in figures["boundaries"]]
        return 1 + sum(each.astype(numpy.int64) for each in above)

    return [("own_income", Person, own_income), ("income", Household, income), ("category", Household, category)]


def situation_of(home: Home) -> dict[str, Any]:
    """A household as openfisca-core's documentation writes one: the dictionary that its web interface takes."""
    members = [f"m{number}" for number in range(len(home["age"]))]
    persons = {
        member: {name: {PERIOD: home[name][number]} for name in INPUTS_OF_MEMBERS}
        for number, member in enumerate(members)
    }
    own = {name: {PERIOD: home[name]} for name in INPUTS_OF_HOUSEHOLDS}
    return {"persons": persons, "households": {"h": {"member": members, **own}}}


def arrays_of(homes: Sequence[Home]) -> dict[str, Any]:
    """These households as arrays: the quickest form we know of to give them to openfisca-core."""
    sizes = [len(home["age"]) for home in homes]
    arrays = {name: numpy.concatenate([home[name] for home in homes]).astype(numpy.int32) for name in INPUTS_OF_MEMBERS}
    arrays |= {name: numpy.array([home[name] for home in homes], dtype=numpy.int32) for name in INPUTS_OF_HOUSEHOLDS}
    arrays["members_of"] = numpy.repeat(numpy.arange(len(homes)), sizes)
    return arrays


def from_situation(system: TaxBenefitSystem, situation: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """収入額, 需要額 (年額, 円) and 支弁区分 of one household, given as a dictionary."""
    return _results(SimulationBuilder().build_from_entities(system, situation))


def from_arrays(system: TaxBenefitSystem, arrays: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """収入額, 需要額 (年額, 円) and 支弁区分 of each household, given as arrays."""
    builder = SimulationBuilder()
    builder.create_entities(system)
    members_of = arrays["members_of"]
    builder.declare_person_entity("person", range(len(members_of)))
    households = builder.declare_entity("household", range(len(arrays["grade"])))
    households.members_entity_id = members_of
    households.members_role = numpy.repeat(Household.flattened_roles[0], len(members_of))
    simulation = builder.build(system)
    for name in (*INPUTS_OF_MEMBERS, *INPUTS_OF_HOUSEHOLDS):
        simulation.set_input(name, PERIOD, arrays[name])
    return _results(simulation)


def _results(simulation: Simulation) -> tuple[Any, Any, Any]:
    income, need = simulation.calculate("income", PERIOD), simulation.calculate("need", PERIOD)
    return income, need, simulation.calculate("category", PERIOD)
