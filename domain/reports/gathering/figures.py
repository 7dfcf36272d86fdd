"""A 所得計, B 控除計, C 所得額, D 収入額 and the 需要額 of a 調書, as its receipt has them. 円."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.statements.models import Computation, MemberFacts
from domain.statements.presentation.figures import need_text
from typesetting.data import StatementFigure


def income_of(facts: MemberFacts | None) -> int | None:
    """総所得 + 退職所得 + 山林所得, 年額; None where there are no amounts."""
    if facts is None or facts.total_income is None:
        return None
    return facts.total_income + (facts.retirement_income or 0) + (facts.forestry_income or 0)


def deductions_of(facts: MemberFacts | None) -> int | None:
    """社会保険料 + 生命保険料 + 地震保険料, 年額."""
    if facts is None or facts.total_income is None:
        return None
    return (facts.social_insurance or 0) + (facts.life_insurance or 0) + (facts.earthquake_insurance or 0)


def figures_of(run: Computation) -> list[StatementFigure]:
    """A category that is fixed without figures has dashes."""
    steps = {step["component"]: step for step in run.receipt["steps"]}
    totals = steps["income"]["inputs"] if "income" in steps else {}
    need, parts = run.annual_need_numerator, run.annual_need_denominator
    return [
        _figure("A", "所得計（年額）", totals.get("A"), "総所得・退職所得・山林所得の、世帯全員の合計"),
        _figure("B", "控除計（年額）", totals.get("B"), "社会保険料・生命保険料・地震保険料の、世帯全員の合計"),
        _figure("C", "所得額（年額）", run.income, "A － B（0円を下回るときは0円）"),
        _figure("D", "収入額（年額）", run.income, "C"),
        _figure("m", "需要額（月額）", _monthly(steps.get("need_monthly")), "下の計算の過程の合計を12で割った額"),
        _figure("", "需要額（年額）", None if need is None else need // parts, _annual(need, parts)),
    ]


def _figure(symbol: str, label: str, value: int | None, how: str) -> StatementFigure:
    return {"symbol": symbol, "label": label, "value": value, "how": how}


def _monthly(step: Mapping[str, Any] | None) -> int | None:
    """None where the month's need is no whole 円; the year's exact one stands below it."""
    text = str(step["value"]) if step else ""
    return int(text) if text.isdigit() else None


def _annual(numerator: int | None, denominator: int) -> str:
    return "" if numerator is None else f"m × 12（{need_text(numerator, denominator)}円）"
