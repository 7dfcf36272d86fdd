"""なぜこの区分か: a receipt (kubun-receipt/1) as lines that unfold, each with its value, row, source and standing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from domain.rules import IncomeAbsence, how_text
from domain.statements.presentation import standing
from domain.statements.presentation.figures import multiple_text, ratio_text
from web.components import ReceiptLine
from web.dates import to_wareki

Step = Mapping[str, Any]
Names = Mapping[str, str]
"""構成員番号 → the name and relation shown for it."""

MONTHS = 12
_NEED = frozenset({"need_monthly"})
_INCOME = frozenset({"income_member", "income"})
_RULES = frozenset({"as_of", "ages", "switch", "left_out", "single_parent"})
_RESULT = frozenset({"category", "special", "pupil"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the argument that unfolds: `total` in 円 a year, or None."""

    title: str
    total: int | None
    lines: Sequence[ReceiptLine]
    open: bool = False


def parts(receipt: Mapping[str, Any], names: Names) -> list[Part]:
    """収入額, 需要額 and the comparison, in the order in which people argue. A fixed category has the last alone."""
    steps: Sequence[Step] = receipt["steps"]
    result = receipt["result"]
    results = list(_results(steps, result, names))
    found = [_income(steps, result, names), _need(steps, result, names)]
    compared = Part("区分の決まり方", None, results, open=True) if results else None
    return [part for part in (*found, compared) if part is not None]


def _income(steps: Sequence[Step], result: Mapping[str, Any], names: Names) -> Part | None:
    total = next((step for step in steps if step["component"] == "income"), None)
    if total is None:
        return None
    members = [_member_income(step, names) for step in steps if step["component"] == "income_member"]
    inputs = total["inputs"]
    how = f"所得の計 {inputs['A']:,}円 － 控除の計 {inputs['B']:,}円（0円を下回るときは0円）"
    title = "収入額（年額）" if result["income"] is not None else "収入額（年額・分かっている人だけの途中の額）"
    return Part(title, total["value"], [*members, ReceiptLine("世帯の計", total["value"], how, basis(total))])


def _member_income(step: Step, names: Names) -> ReceiptLine:
    inputs = {name: value for name, value in step["inputs"].items() if name != "member"}
    who = _who(step, names)
    reason = inputs.pop("reason", None)
    if reason is not None:
        return ReceiptLine(who, step["value"], f"所得の値なし（{IncomeAbsence(reason).label}）", basis(step))
    how = "、".join(f"{name} {value:,}円" for name, value in inputs.items() if value)
    return ReceiptLine(who, step["value"], how or "すべて0円", basis(step))


def _need(steps: Sequence[Step], result: Mapping[str, Any], names: Names) -> Part | None:
    monthly = next((step for step in steps if step["component"] == "need_monthly"), None)
    if monthly is None:
        return None
    apart = _NEED | _INCOME | _RESULT | _RULES
    rules = [_rule(step) for step in steps if step["component"] in _RULES]
    components = [_component(step, names) for step in steps if step["component"] not in apart]
    inputs, need = monthly["inputs"], result["annual_need"]
    rounded = "、月額で端数を処理" if "rounding" in inputs else ""
    how = f"各扶助の年額の計 {inputs['annual_exact']:,}円、月額 {_figure(monthly['value'])}円{rounded}"
    # Twelve times the month, as in the complete result: the sum before the month is rounded would be another figure.
    annual = need["numerator"] // need["denominator"] if need else int(Fraction(str(monthly["value"])) * MONTHS)
    title = "需要額（年額）" if need else "需要額（年額・分かっている値だけの途中の額）"
    return Part(title, annual, [*rules, *components, ReceiptLine("世帯の計", annual, how, basis(monthly))])


def _rule(step: Step) -> ReceiptLine:
    """What holds for the household as a whole; it has no amount."""
    value = to_wareki(date.fromisoformat(step["value"])) if step["unit"] == "日" else step["value"]
    return ReceiptLine(f"{step['title']} {value}", None, "", basis(step))


def _component(step: Step, names: Names) -> ReceiptLine:
    inputs = step["inputs"]
    label = step["title"]
    if "amount" not in inputs:
        return ReceiptLine(label, step["value"], how_text(step), basis(step))
    if "member" in inputs:
        label = f"{label} {_who(step, names)} {inputs['age']}歳"
    how = f"{inputs['amount']:,}円 × {inputs['number']} × 年{inputs['times_a_year']}回　{step['title']}の表　行 {step['row']}"
    return ReceiptLine(label, step["value"], how, basis(step))


def _results(steps: Sequence[Step], result: Mapping[str, Any], names: Names) -> Iterator[ReceiptLine]:
    makers: dict[str, Callable[[Step], ReceiptLine]] = {
        "category": lambda step: _boundary(step, result),
        "special": lambda step: ReceiptLine(f"{step['title']}のため 区分 {step['value']}", None, "", basis(step)),
        "pupil": lambda step: ReceiptLine(
            f"{_who(step, names)}の支弁区分 {step['value']}", None, "措置費を受ける児童生徒の定めによる", basis(step)
        ),
    }
    for step in steps:
        if step["component"] in makers:
            yield makers[step["component"]](step)


def _boundary(step: Step, result: Mapping[str, Any]) -> ReceiptLine:
    need = result["annual_need"]
    ratio = ratio_text(result["income"], need["numerator"], need["denominator"]) if need else "–"
    below = step["inputs"]["below"]
    limit = f"{multiple_text(below)}倍に満たない" if below else "どの境にも満たないものがない（最も上の区分）"
    return ReceiptLine(f"支弁区分 {step['value']}", None, f"収入額 ÷ 需要額 ＝ {ratio}倍。{limit}", basis(step))


def basis(step: Step) -> str:
    """根拠: article, source, and how firm it is."""
    parts = [step["article"], step["source"], f"確かさ {standing.label(step['standing'])}"]
    return "　".join(part for part in parts if part)


def _who(step: Step, names: Names) -> str:
    key = step["inputs"]["member"]
    return names.get(key, f"構成員{key}")


def _figure(value: Any) -> str:
    text = str(value)
    return f"{int(text):,}" if text.isdigit() else text
