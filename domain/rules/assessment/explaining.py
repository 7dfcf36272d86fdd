"""explain(): a receipt of an assessment in words, for a clerk (how each yen came to be) and for a guardian (plain)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from domain.rules.assessment.category import Reason
from domain.rules.explained import SAMPLE, UNCONFIRMED, ExplainedLine, Explanation, Part, basis_text
from domain.rules.standing import Standing

Step = Mapping[str, Any]
Receipt = Mapping[str, Any]

_SETTINGS = ("as_of", "ages", "switch", "left_out", "single_parent")
_ROUNDINGS = {"floor": "切捨て", "ceil": "切上げ", "half_up": "四捨五入"}
_ABSENCES = {"none": "所得なし", "not_asked": "未照会", "undeclared": "未申告"}
_ACTIONS = {"category": "区分を定める", "no_payment": "支給しない", "judge": "世帯と同じに判定する"}


def explain(receipt: Receipt, names: Mapping[str, str] | None = None) -> Explanation:
    """Explanation of a receipt of kind `assessment`; `names`: member key → name to show.  KeyError for other mappings."""
    steps: Sequence[Step] = receipt["steps"]
    result, called = receipt["result"], names or {}
    parts = [
        Part("算定の前提", tuple(_line(step, called) for step in steps if step["component"] in _SETTINGS)),
        Part("収入額(年額)", tuple(_line(step, called) for step in steps if step["component"].startswith("income"))),
        Part("需要額", tuple(_line(step, called) for step in steps if _is_need(step))),
        Part(
            "支弁区分",
            tuple(_line(step, called) for step in steps if step["component"] in ("category", "special", "pupil")),
        ),
        Part("足りないもの", tuple(ExplainedLine(each["name"], "", each["message"]) for each in result["missing"])),
    ]
    title = f"支弁区分の計算書　{receipt['pack']['title']}({receipt['case']['fiscal_year']}年度)"
    sentence = _sentence(result)
    filled = tuple(part for part in parts if part.lines)
    return Explanation(title, sentence, filled, tuple(_plain(receipt)), tuple(_notes(receipt)))


def _is_need(step: Step) -> bool:
    apart = (*_SETTINGS, "category", "special", "pupil")
    return step["component"] not in apart and not step["component"].startswith("income")


def _line(step: Step, names: Mapping[str, str]) -> ExplainedLine:
    title, member = step["title"], step["inputs"].get("member")
    if member is not None:
        title = f"{title} {names.get(member, f'世帯員{member}')}"
    return ExplainedLine(title, value_text(step), how_text(step), basis_text(step))


def value_text(step: Step) -> str:
    """The value with its unit: 483,240円/年, 145,798円/月, 7月, Ⅰ."""
    value, unit = step["value"], step["unit"]
    if unit in ("円/年", "円/月"):
        return f"{_figure(value)}{unit}"
    return f"{value}か月" if unit == "月" else str(value)


def how_text(step: Step) -> str:
    """How the value came from its inputs, in one line; empty where there is nothing to say."""
    inputs, component = step["inputs"], step["component"]
    row = _row(step)
    if "amount" in inputs:
        age = f"{inputs['age']}歳　" if "age" in inputs else ""
        counted = f"{inputs['amount']:,}円 × {inputs['number']} × 年{inputs['times_a_year']}回"
        return f"{age}{counted}{row}"
    if "result" in inputs:
        return f"{_shaped(inputs)}{row}"
    if "components" in inputs:
        return "ともに加えられない要素のうち、額の高い方だけを算入する"
    if component == "need_monthly":
        rounding = f"、{_rounding(inputs['rounding'])}" if "rounding" in inputs else "(端数処理なし)"
        return f"年額の計 {_figure(inputs['annual_exact'])}円 ÷ {inputs['months']}{rounding}"
    if component == "income":
        floor = "、0円を下回る分は0円とする" if step["row"] else ""
        return f"所得の計 {inputs['A']:,}円 － 控除の計 {inputs['B']:,}円{floor}"
    if component == "income_member":
        return _income(inputs)
    if component == "category":
        return _compared(inputs)
    return _ACTIONS.get(str(inputs.get("action", "")), row.strip())


def _row(step: Step) -> str:
    return f"　{step['title']}の表　行 {step['row']}" if step["table"] else ""


def _shaped(inputs: Mapping[str, Any]) -> str:
    factors = [_figure(inputs["total"]) + "円"]
    factors += [f"逓減率 {inputs['rate']}"] if "rate" in inputs else []
    factors += [f"倍率 {inputs['multiplier']}"] if "multiplier" in inputs else []
    rounding = f"({_rounding(inputs['rounding'])})" if "rounding" in inputs else ""
    result = f"{' × '.join(factors)} → {_figure(inputs['result'])}円{rounding}"
    return f"{result}。差を年{inputs['times_a_year']}回分だけ加減する"


def _rounding(text: str) -> str:
    mode, _, unit = text.partition("/")
    return f"{unit}円未満{_ROUNDINGS[mode]}"


def _income(inputs: Mapping[str, Any]) -> str:
    if "reason" in inputs:
        return f"所得の額なし({_ABSENCES[inputs['reason']]})"
    given = [f"{name} {value:,}円" for name, value in inputs.items() if name != "member"]
    return "、".join(given) or "すべて0円"


def _compared(inputs: Mapping[str, Any]) -> str:
    compared = f"収入額 {inputs['income']:,}円、需要額(年額) {_figure(inputs['annual_need'])}円"
    if not inputs["below"]:
        return f"{compared}。需要額に対する収入額の倍率に上限のない区分"
    return f"{compared}。収入額が需要額の {multiple(inputs['below'])}倍に満たない"


def multiple(text: str) -> str:
    """ "5/2" → 2.5; a fraction that is no tenth stays one."""
    tenths = Fraction(text) * 10
    return f"{tenths.numerator // 10}.{tenths.numerator % 10}" if tenths.denominator == 1 else text


def _figure(value: object) -> str:
    """1,234 or the exact fraction 1,508,495/6."""
    top, slash, bottom = str(value).partition("/")
    return f"{int(top):,}{slash}{bottom}"


def _roman(category: int | None) -> str:
    return "" if category is None else "ⅠⅡⅢ"[category - 1]


def _sentence(result: Mapping[str, Any]) -> str:
    reason = Reason(result["reason"])
    if result["missing"]:
        return "定義または事実が足りないので、支弁区分を決められません。"
    if result["category"] is None:
        return f"{_by(reason)}、支弁区分はありません(支給しません)。"
    return f"{_by(reason)}、支弁区分は{_roman(result['category'])}です。"


def _by(reason: Reason) -> str:
    return f"{reason.label.removesuffix('による')}により"


def _plain(receipt: Receipt) -> Iterator[str]:
    """Sentences without terms of the trade."""
    result = receipt["result"]
    if result["missing"]:
        yield "まだ支弁区分(就学奨励費の支給の区分)を決められません。学校または教育委員会が、足りないことを確かめています。"
        return
    if result["category"] is None:
        yield f"{_by(Reason(result['reason']))}、就学奨励費の支給はありません。"
        return
    yield f"ご家庭の支弁区分(就学奨励費の支給の区分)は、{_roman(result['category'])}です。"
    step = next((each for each in receipt["steps"] if each["component"] == "category"), None)
    if step is None:
        yield f"これは、{Reason(result['reason']).label}ものです。所得の額による計算はしていません。"
        return
    need = Fraction(result["annual_need"]["numerator"], result["annual_need"]["denominator"])
    yield f"世帯の収入額(所得から保険料などの控除を引いた1年の額)は、{result['income']:,}円です。"
    about = "" if need.denominator == 1 else "約"
    shown = f"{about}{need.numerator // need.denominator:,}円"
    yield f"世帯の需要額(世帯の人数や年齢などから計算した、くらしに要る1年の額)は、{shown}です。"
    below = step["inputs"]["below"]
    if below:
        yield f"収入額が需要額の{multiple(below)}倍より少ないので、この区分になります。"
    else:
        yield "収入額が需要額に比べて多いので、この区分になります。"
    own = [each for each in result["pupils"] if each["category"] != result["category"]]
    if own:
        yield "施設で措置費を受けているお子さまの区分は、別に定められています。"


def _notes(receipt: Receipt) -> Iterator[str]:
    if receipt["pack"]["sample"]:
        yield SAMPLE
    if receipt["result"]["standing"] == Standing.UNCONFIRMED.value and not receipt["result"]["missing"]:
        yield UNCONFIRMED
