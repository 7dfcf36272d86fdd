"""A whole fictitious prefecture, awkward cases included: rosters and numbers end as its truth.json says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domain.households import services as households
from domain.households.models import Household, Member, Pupil, RosterProblem, StatusPeriod
from domain.vault import services as vault
from domain.vault.models import NumberDeposit, PersonNumber
from ops.demo.generator import FISCAL_YEAR, SampleFolder, SampleKeys, Size, generate
from tests.domain.households.conftest import work_off as import_roster
from tests.domain.vault.conftest import KEY
from tests.domain.vault.conftest import work_off as import_numbers


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> SampleFolder:
    keys = SampleKeys(numbers=KEY, population=bytes(32))
    size: Size = "small"
    return generate(tmp_path_factory.mktemp("samples"), "nara", size, 1, keys)


@pytest.fixture
def truth(folder: SampleFolder, in_a: Any) -> dict[str, Any]:
    """The prefecture taken in, school after school, twice; returns what should be so."""
    told: dict[str, Any] = json.loads(Path(folder.truth).read_text())
    vault.set_deposit_key(KEY)
    for _ in range(2):
        for entry in told["schools"]:
            school = households.ensure_school(entry["code"], entry["name"])
            data = folder.roster(entry["code"]).read_bytes()
            import_roster(households.receive_roster(school, "名簿.xlsx", data, FISCAL_YEAR))
            deposit = vault.receive_numbers(school, "numbers.sealed", folder.numbers(entry["code"]).read_bytes())
            import_numbers(deposit)
    return told


def test_the_prefecture_is_taken_in_as_its_truth_says(truth: dict[str, Any]) -> None:
    expected = truth["expected"]
    parked = {case["household"] for case in truth["cases"] if case["outcome"] == "parked"}
    assert Household.objects.count() == expected["taken_households"]
    assert Member.objects.count() == expected["taken_members"]
    assert not Household.objects.filter(number__in=parked).exists()
    ours = {"import.household-differs", "import.person-replaced", "import.pupil-other-member", "import.pupil-absent"}
    assert not RosterProblem.objects.filter(code__in=ours).exists()
    assert all(pupil.periods.exists() for pupil in Pupil.objects.prefetch_related("periods"))
    assert StatusPeriod.objects.filter(attendance="left").count() == Pupil.objects.exclude(left_on=None).count() > 0


def test_everybody_taken_in_has_a_number(truth: dict[str, Any]) -> None:
    held = vault.numbers_held(Member.objects.values_list("pk", flat=True))
    assert held == set(Member.objects.values_list("pk", flat=True))
    assert PersonNumber.objects.count() == len(held)
    assert not NumberDeposit.objects.exclude(state=NumberDeposit.State.TAKEN).exists()


def test_siblings_and_movers_are_one_person_at_two_schools(truth: dict[str, Any]) -> None:
    across = [case for case in truth["cases"] if case["tag"] == "siblings_across_schools"]
    assert across
    for case in across:
        schools = Pupil.objects.filter(member__household__number=case["household"]).values_list(
            "school__code", flat=True
        )
        assert {case["school"], case["other_school"]} <= set(schools)
