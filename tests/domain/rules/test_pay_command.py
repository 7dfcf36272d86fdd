"""`python -m domain.rules pay` as somebody outside uses it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from domain.rules import Pack, is_intact, pay, payment_case_to_json
from domain.rules.commands.running import BAD_INPUT, DONE, run
from tests.domain.rules.building import expense, pupil

ROOT = Path(__file__).parents[3]


def question(case: Any, *overlays: str) -> dict[str, Any]:
    return {"pack": "R07-former-standard", "overlays": list(overlays), **payment_case_to_json(case)}


def asking(question: str) -> tuple[int, str]:
    """Exit status and output (of a refusal: what goes to standard error)."""
    return run(["pay"], question)


def text(asked: object) -> str:
    return asked if isinstance(asked, str) else json.dumps(asked, ensure_ascii=False)


def test_one_object_is_answered_by_one_object(base: Pack) -> None:
    case = pupil(expense("commuting_self", 1001))
    code, out = asking(json.dumps(question(case), indent=2))
    found = json.loads(out)
    assert code == DONE
    assert found["ledgers"] == {"statutory": 500, "subsidy": 501}
    assert found["paid"] == pay(base, case).paid == sum(step["paid"] for step in found["steps"])
    assert f"sha256:{found['receipt']}" == pay(base, case).receipt()["digest"]


def test_a_payment_is_proved_from_the_shell_by_its_receipt(sample: Pack) -> None:
    case = pupil(expense("school_supplies", 12_000), expense("commuting_self", 1_001))
    asked = text(question(case, "sample-operator"))
    code, out = run(["receipt", "pay"], asked)
    made = json.loads(out)
    assert (code, made) == (DONE, pay(sample, case).receipt())
    assert made["digest"] == f"sha256:{json.loads(asking(asked)[1])['receipt']}"
    lines = "\n".join([json.dumps(made, ensure_ascii=False)] * 2)
    code, told = run(["replay"], lines)
    assert (code, json.loads(told)["same"]) == (DONE, 2)
    assert run(["receipt", "pay"], "{")[0] == BAD_INPUT


def test_lines_are_answered_by_lines_in_their_order() -> None:
    asked = [question(pupil(expense("school_lunch", amount))) for amount in (100, 200, 300)]
    code, out = asking("\n\n".join(map(text, asked)) + "\n")
    assert code == DONE
    assert [json.loads(line)["paid"] for line in out.splitlines()] == [50, 100, 150]
    assert [json.loads(line) for line in out.splitlines()] == [json.loads(asking(text(each))[1]) for each in asked]


def test_defaults_may_be_left_out() -> None:
    asked = {
        "pack": "R07-former-standard",
        "pupil": "p",
        "fiscal_year": 2025,
        "statuses": [{"starts_on": "2025-04-01", "department": "elementary", "grade": 1, "category": 1}],
        "expenses": [{"key": "a", "item": "school_lunch", "used_on": "2025-05-01", "amount": 4000}],
    }
    assert json.loads(asking(text(asked))[1])["paid"] == 4000


def test_absent_rows_are_an_answer_that_names_them() -> None:
    code, out = asking(text(question(pupil(expense("school_supplies", 1), expense("school_lunch", 10)))))
    found = json.loads(out)
    assert code == DONE
    assert [each["name"] for each in found["missing"]] == ["caps/school_supplies/elementary/2/2"]
    assert (found["paid"], found["standing"]) == (5, "unconfirmed")


def test_a_receipt_can_be_asked_again(sample: Pack) -> None:
    receipt: Any = pay(sample, pupil(expense("bedding", 1), expense("school_lunch", 7))).receipt()
    assert is_intact(receipt)
    assert f"sha256:{json.loads(asking(text(receipt))[1])['receipt']}" == receipt["digest"]


GOOD = question(pupil(expense("school_lunch", 1)))


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("", "JSON"),
        ("[]", "オブジェクト"),
        ("[" * 100000, "JSON"),
        ('{"pack": 1, "pack": 2}', "二度"),
        ('{"pack": 1.5}', "小数"),
        ('{"pack": NaN}', "小数"),
        ({**GOOD, "pack": "nowhere"}, "nowhere"),
        ({**GOOD, "overlays": [1]}, "overlays"),
        ({**GOOD, "colour": "red"}, "知らない項目です: colour"),
        ({**GOOD, "expenses": [{**GOOD["expenses"][0], "colour": 1}]}, r"expenses\[1\]"),
        ({**GOOD, "expenses": [{**GOOD["expenses"][0], "amount": 1.0}]}, "小数"),
        ({**GOOD, "expenses": [{**GOOD["expenses"][0], "amount": True}]}, "整数"),
        ({**GOOD, "expenses": [{**GOOD["expenses"][0], "used_on": "2025-13-01"}]}, "日付"),
        ({**GOOD, "expenses": [{**GOOD["expenses"][0], "car": {"metres": 1}}]}, "days"),
        ({**GOOD, "fiscal_year": 2024}, "年度"),
        ({**GOOD, "statuses": []} | {"statuses": 1}, "並び"),
        ({**GOOD, "format": "kubun-receipt/1"}, "kind"),
        (f"{json.dumps(GOOD)}\n{{}}\n", "2行目"),
        (f"{json.dumps(GOOD)}\nnonsense\n", "2行目"),
    ],
)
def test_bad_input_is_refused_in_japanese_on_standard_error(asked: object, word: str) -> None:
    code, err = asking(text(asked))
    assert code == BAD_INPUT
    assert err.startswith("RULES-")
    assert "\n" not in err
    assert re.search(word, err)


@pytest.mark.parametrize(("asked", "code"), [(json.dumps(GOOD), 0), ("\xff", 2)])
def test_command_line_end_to_end(asked: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "domain.rules", "pay"],
        cwd=ROOT,
        input=asked.encode("latin-1"),
        capture_output=True,
        check=False,
    )
    assert done.returncode == code
    assert bool(done.stdout) is (code == 0)
    assert bool(done.stderr) is (code != 0)
    assert b"Traceback" not in done.stderr
