from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from domain.rules import Pack, assess, is_intact
from domain.rules.commands import BAD_INPUT, DONE, STOPPED, run
from domain.rules.wire import case_to_json
from tests.domain.rules.building import family

ROOT = Path(__file__).parents[3]


def question(case: Any, *overlays: str) -> dict[str, Any]:
    return {"pack": "R07-former-standard", "overlays": list(overlays), "case": case}


def answer(command: str, asked: object) -> tuple[int, Any]:
    code, text = run([command], asked if isinstance(asked, str) else json.dumps(asked))
    return code, json.loads(text)


def test_assess_answers_with_trace_and_receipt(sample: Pack) -> None:
    case = family([40, 35, 9], 5_000_000)
    code, found = answer("assess", question(case_to_json(case), "sample-operator"))
    assert code == DONE
    assert found["category"] == assess(sample, case).category
    assert found["income"] == 5_000_000
    assert found["trace"]
    assert is_intact(found["receipt"])


def test_a_receipt_can_be_asked_again(sample: Pack) -> None:
    receipt = assess(sample, family([40, 35, 9])).receipt()
    code, found = answer("assess", receipt)
    assert code == DONE
    assert found["receipt"] == receipt


def test_absent_rows_have_their_own_exit_code() -> None:
    code, found = answer("assess", question(case_to_json(family([40, 9], welfare=True))))
    assert code == STOPPED
    assert found["missing"][0]["name"] == "special/welfare"


def _changed(**changes: Any) -> dict[str, Any]:
    return question({**case_to_json(family([40, 9])), **changes})


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("", "JSON"),
        ("[]", "オブジェクト"),
        ("[" * 100000, "JSON"),
        ('{"pack": 1, "pack": 2}', "二度"),
        ('{"pack": 1.5}', "小数"),
        ('{"pack": NaN}', "小数"),
        ({"pack": "R07-former-standard"}, "case"),
        ({"pack": "nowhere", "case": {}}, "nowhere"),
        (_changed(base_date="令和6年"), "日付"),
        (_changed(fiscal_year="2025"), "整数"),
        (_changed(fiscal_year=True), "整数"),
        (_changed(welfare=1), "true"),
        (_changed(members={}), "並び"),
        (_changed(members=[{"key": "a", "born": "2000-01-01"}]), "income"),
        (_changed(members=[{"key": "a", "born": "2000-01-01", "income": {"total": -1}}]), "0以上"),
        (_changed(members=[{"key": "a", "born": "2000-01-01", "income": "perhaps"}]), "not_asked"),
        (_changed(colour="red"), "知らない項目"),
        (_changed(decline="maybe"), "decline"),
        (_changed(winter_zone=9), "地区"),
    ],
)
def test_bad_input_is_told_in_japanese_with_an_id(asked: object, word: str) -> None:
    code, found = answer("assess", asked)
    assert code == BAD_INPUT
    assert found["error"]["id"].startswith("RULES-")
    assert word in found["error"]["message"]


def test_check_prints_the_coverage() -> None:
    code, text = run(["check", "R07-former-standard"], "")
    assert code == DONE
    assert "学用品・通学用品購入費 (school_supplies)" in text
    assert "障害者加算" in text
    assert run(["check", "R07-former-standard", "sample-operator"], "")[1].startswith("【サンプル】")


@pytest.mark.parametrize("arguments", [[], ["dance"], ["check"], ["assess", "more"]])
def test_usage_is_told(arguments: list[str]) -> None:
    code, text = run(arguments, "")
    assert code == BAD_INPUT
    assert "使い方" in text


def test_command_line_end_to_end() -> None:
    asked = json.dumps(question(case_to_json(family([40, 9]))), ensure_ascii=False)
    done = subprocess.run(
        [sys.executable, "-m", "domain.rules", "assess"],
        cwd=ROOT,
        input=asked.encode(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (DONE, b"")
    assert is_intact(json.loads(done.stdout)["receipt"])
    bad = subprocess.run(
        [sys.executable, "-m", "domain.rules", "assess"], cwd=ROOT, input=b"\xff", capture_output=True, check=False
    )
    assert (bad.returncode, bad.stderr) == (BAD_INPUT, b"")
