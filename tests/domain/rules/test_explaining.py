"""explain(): nothing of a receipt is left out, and a guardian reads it without the words of the trade."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from domain.rules import Decline, Pack, assess, explain
from domain.rules.commands.running import BAD_INPUT, DONE, run
from tests.domain.rules.building import family, household, member
from tests.domain.rules.schema import faults
from tests.domain.rules.test_payment_explaining import EXPLAINED

STATES: list[dict[str, Any]] = [
    {},
    {"welfare": True},
    {"provisional": True},
    {"decline": Decline.PARTIAL},
    {"decline": Decline.FULL},
]


@pytest.mark.parametrize("change", STATES, ids=str)
def test_every_step_of_a_receipt_is_explained(sample: Pack, change: dict[str, Any]) -> None:
    receipt: Any = assess(sample, family([40, 35, 14, 9], 3_000_000, **change)).receipt()
    found = explain(receipt)
    lines = [line for part in found.parts for line in part.lines]
    assert len(lines) == len(receipt["steps"])
    assert all(line.basis for line in lines)
    assert all("確からしさ" in line.basis for line in lines)
    text = found.clerk_text()
    assert all(step["title"] in text for step in receipt["steps"])
    assert text == explain(receipt).clerk_text()


@pytest.mark.parametrize(
    ("income", "words"),
    [(0, "Ⅰ|1.5倍より少ない"), (5_000_000, "Ⅱ|2.5倍より少ない"), (20_000_000, "Ⅲ|需要額に比べて多い")],
)
def test_a_guardian_is_told_the_category_and_why(sample: Pack, income: int, words: str) -> None:
    text = explain(assess(sample, family([40, 35, 14, 9], income)).receipt()).guardian_text()
    assert all(word in text for word in words.split("|"))
    assert f"{income:,}円" in text
    assert "サンプルの定義" in text
    assert "class1" not in text


def test_a_fixed_category_is_told_without_figures(sample: Pack) -> None:
    text = explain(assess(sample, family([40, 9], welfare=True)).receipt()).guardian_text()
    assert "生活保護による" in text
    assert "収入額" not in text
    refused = explain(assess(sample, family([40, 9], decline=Decline.FULL)).receipt())
    assert "支給はありません" in refused.guardian_text()


def test_what_is_missing_is_told(base: Pack) -> None:
    found = explain(assess(base, family([40, 9], welfare=True)).receipt())
    assert found.parts[-1].title == "足りないもの"
    assert "special/welfare" in found.clerk_text()
    assert "まだ支弁区分" in found.guardian_text()


def test_an_unconfirmed_result_says_so(base: Pack) -> None:
    assert "未確認の定義" in explain(assess(base, family([40, 9])).receipt()).guardian_text()


def test_a_pupil_in_an_institution_has_a_line_and_a_word(sample: Pack) -> None:
    case = household(member("a", 40), member("b", 14, special_needs=True, institution=True))
    found = explain(assess(sample, case).receipt(), {"b": "サンプル花子"})
    assert "児童生徒の支弁区分 サンプル花子" in found.clerk_text()
    assert "施設" in found.guardian_text()


def test_fractions_are_shown_exactly(base: Pack) -> None:
    exact = replace(base, need=replace(base.need, monthly_rounding=None))
    found = explain(assess(exact, family([40, 35, 14, 9])).receipt())
    assert "1,483,931/6円/月" in found.clerk_text()
    assert "端数処理なし" in found.clerk_text()


def _receipt() -> str:
    asked = {"pack": "R07-former-standard", "living_cost_grade": "1-1", "winter_zone": "VI", "members": [{"age": 40}]}
    return run(["receipt"], json.dumps(asked))[1]


def test_the_command_prints_each_form() -> None:
    receipt = _receipt()
    assert run(["explain"], receipt) == run(["explain", "--format=clerk"], receipt)
    code, text = run(["explain", "--format=guardian"], receipt)
    assert (code, text.startswith("ご家庭の支弁区分")) == (DONE, True)
    told = json.loads(run(["explain", "--format=json"], receipt)[1])
    assert set(told) == {"title", "result", "parts", "plain", "notes"}
    assert list(faults(EXPLAINED, told, EXPLAINED)) == []
    assert len(json.loads(run(["explain", "--format=json"], receipt)[1])["parts"]) >= 3


@pytest.mark.parametrize(
    ("change", "word"),
    [(lambda data: data.update(kind="payment"), "計算書"), (lambda data: data["result"].update(income=5), "書き換え")],
)
def test_what_is_no_intact_receipt_is_refused(change: Any, word: str) -> None:
    data = json.loads(_receipt())
    change(data)
    code, text = run(["explain"], json.dumps(data))
    assert code == BAD_INPUT
    assert word in text
    assert run(["explain"], "[]")[0] == BAD_INPUT
