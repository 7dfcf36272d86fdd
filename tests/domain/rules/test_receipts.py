from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.rules import (
    IncomeAbsence,
    IncomeFacts,
    Pack,
    assess,
    canonical,
    case_from_json,
    case_to_json,
    is_intact,
    load_pack,
    pay,
    payment_case_from_json,
    payment_case_to_json,
)
from domain.rules.assessment.need import MONTHS
from tests.domain.rules.building import expense, family, household, member, pupil

SAMPLE = load_pack("R07-former-standard", ("sample-operator",))


def test_receipt_names_pack_and_is_intact(sample: Pack) -> None:
    receipt: Any = assess(sample, family([40, 9], 3_000_000)).receipt()
    assert receipt["format"] == "kubun-receipt/1"
    assert receipt["pack"]["digest"] == sample.digest
    assert receipt["pack"]["sample"] is True
    assert is_intact(receipt)
    changed = copy.deepcopy(receipt)
    changed["result"]["category"] = 3
    assert not is_intact(changed)


def test_steps_add_up_to_the_result(sample: Pack) -> None:
    found = assess(sample, family([40, 35, 14, 9], 3_000_000))
    annual = sum(step.value for step in found.steps if isinstance(step.value, int) and step.inputs.get("times_a_year"))
    monthly = next(step for step in found.steps if step.component == "need_monthly")
    assert monthly.inputs["annual_exact"] == annual
    assert found.annual_need == int(monthly.value) * MONTHS
    assert all(step.source for step in found.steps)
    assert {step.component for step in found.steps} >= {"class1", "class2", "winter", "year_end", "income", "category"}


def test_steps_tell_why_a_member_has_no_figures(sample: Pack) -> None:
    case = household(member("a", 40, IncomeFacts(1)), member("b", 9, IncomeAbsence.NOT_ASKED))
    reasons = [step.inputs.get("reason") for step in assess(sample, case).steps if step.component == "income_member"]
    assert reasons == [None, "not_asked"]


def test_special_and_stopped_results_have_receipts_too(base: Pack) -> None:
    for case in (family([40, 9], welfare=True), family([40, 9], provisional=True)):
        receipt: Any = assess(base, case).receipt()
        assert is_intact(receipt)
        assert receipt["result"]["category"] is None
        assert receipt["result"]["missing"]


def test_payment_receipt_is_intact(sample: Pack) -> None:
    receipt: Any = pay(sample, pupil(expense("commuting_self", 1001), expense("school_supplies", 20000))).receipt()
    assert is_intact(receipt)
    assert sum(step["paid"] for step in receipt["steps"]) == receipt["result"]["paid"]
    assert all(row["source"] for step in receipt["steps"] for row in step["rows"])


@given(st.lists(st.integers(0, 90), min_size=1, max_size=6), st.integers(0, 10**7))
def test_receipts_are_deterministic_and_can_be_recomputed(ages: list[int], income: int) -> None:
    receipt: Any = assess(SAMPLE, family(ages, income)).receipt()
    sent = json.loads(canonical(receipt))
    again = assess(SAMPLE, case_from_json(sent["case"])).receipt()
    assert canonical(again) == canonical(receipt)


def test_cases_survive_json() -> None:
    case = household(member("a", 40, IncomeFacts(1, 2, 3, 4, 5, 6, 7)), member("b", 9, institution=True, guardian=True))
    assert case_from_json(case_to_json(case)) == case
    payment = pupil(expense("homecoming_self", 5, count_no=2), expense("school_lunch", 3))
    assert payment_case_from_json(payment_case_to_json(payment)) == payment


def test_receipts_do_not_depend_on_the_hash_seed() -> None:
    program = (
        "from domain.rules import *; from tests.domain.rules.building import *;"
        "p = load_pack('R07-former-standard', ('sample-operator',));"
        "print(p.digest, assess(p, family([40, 35, 9])).receipt()['digest'], pay(p, pupil(expense('bedding', 1))).receipt()['digest'])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True, text=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1
