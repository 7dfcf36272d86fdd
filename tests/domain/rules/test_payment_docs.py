"""Every payment rule has its page, and every printed example is what the code says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from domain.rules import Component, Pack, PaymentResult, Unpaid, load_pack, pay, payment_case_from_json, settle
from domain.rules.commands.running import DONE, run
from domain.rules.exact import RoundingMode
from domain.rules.yearpack.payment_rules import NetPer, RuleKind
from tests.domain.rules.building import expense, pupil

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "algorithms"
FORMAT = ROOT / "docs" / "pay-format.md"
FIXED = (
    *("grouping", "rate", "cap", "ledgers", "once-per-department", "welfare", "institution", "category-day"),
    "settlement",
)
PAYMENT_PAGES = [f"payment-{name}" for name in (*FIXED, *(kind.value.replace("_", "-") for kind in RuleKind))]
EXAMPLE = re.compile(r"<!-- (example|result): (\w+) -->\n```json\n(.*?)```", re.DOTALL)


def examples(path: Path) -> dict[tuple[str, str], Any]:
    found = EXAMPLE.findall(path.read_text(encoding="utf-8"))
    return {(part, kind): json.loads(text) for part, kind, text in found}


@pytest.mark.parametrize("name", PAYMENT_PAGES)
def test_every_payment_rule_has_a_page_with_an_example(name: str) -> None:
    assert f"({name}.md)" in (PAGES / "README.md").read_text(encoding="utf-8")
    assert examples(PAGES / f"{name}.md")


def test_no_payment_page_is_left_over() -> None:
    assert sorted(path.stem for path in PAGES.glob("payment-*.md")) == sorted(PAYMENT_PAGES)


@pytest.mark.parametrize("kind", RuleKind)
def test_pages_name_their_kind(kind: RuleKind) -> None:
    assert f"`{kind.value}`" in (PAGES / f"payment-{kind.value.replace('_', '-')}.md").read_text(encoding="utf-8")


def test_closed_sets_are_explained() -> None:
    pages = "".join((PAGES / f"{name}.md").read_text(encoding="utf-8") for name in PAYMENT_PAGES)
    assert [each for each in (*Unpaid, *NetPer) if f"`{each.value}`" not in pages] == []
    assert all(each.label for each in (*Unpaid, *Component))


def test_rounding_of_the_pack_is_the_documented_one(base: Pack) -> None:
    assert base.payment.rounding.mode is RoundingMode.FLOOR
    assert base.payment.rounding.label == "1円未満切捨て"
    assert "down to 1 円" in (PAGES / "payment-ledgers.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    [FORMAT, *(PAGES / f"{name}.md" for name in PAYMENT_PAGES if "settlement" not in name)],
    ids=lambda p: p.stem,
)
def test_examples_give_the_printed_results(path: Path) -> None:
    found = examples(path)
    code, out = run(["pay"], json.dumps(found["example", "pay"]))
    answer, printed = json.loads(out), found["result", "pay"]
    assert code == DONE
    steps = printed.pop("steps", None)
    assert {name: answer[name] for name in printed} == printed
    if steps is not None:
        assert len(steps) == len(answer["steps"])
        for step, full in zip(steps, answer["steps"], strict=True):
            assert {name: full[name] for name in step} == step


def test_the_settlement_example_gives_the_printed_lines() -> None:
    found = examples(PAGES / "payment-settlement.md")
    then, now = (_paid(found["example", "settle"][name]) for name in ("then", "now"))
    lines = [
        {"item": each.item, "month": f"{each.month:%Y-%m}", "ledger": each.ledger, "amount": each.amount}
        for each in settle(then, now)
    ]
    assert lines == found["result", "settle"]


def test_the_format_names_every_part(base: Pack) -> None:
    result = pay(base, pupil(expense("school_lunch", 100)))
    receipt: Any = result.receipt()
    parts = {*receipt, *receipt["result"], *receipt["steps"][0], *receipt["steps"][0]["rows"][0]}
    parts |= {*receipt["case"], *receipt["case"]["statuses"][0], *receipt["case"]["expenses"][0]}
    text = FORMAT.read_text(encoding="utf-8")
    assert [name for name in sorted(parts) if f"`{name}`" not in text] == []


def _paid(asked: dict[str, Any]) -> PaymentResult:
    pack = load_pack(asked.pop("pack"), tuple(asked.pop("overlays")))
    return pay(pack, payment_case_from_json(asked))
