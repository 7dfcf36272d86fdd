"""The commands assess and check of `python -m domain.rules`; `pay` has its own module.  Text in, text out; no clock."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NoReturn

from domain.rules.assessing import assess
from domain.rules.cases import Category
from domain.rules.checking import Report, check
from domain.rules.errors import CaseError, PackError, RulesError
from domain.rules.impact.lines import impact_json, impact_of_lines, pack_named, replay_lines
from domain.rules.loading import load_pack
from domain.rules.packfiles import available_packs
from domain.rules.packmodel import Pack
from domain.rules.payment_cases import Department
from domain.rules.reading import Reader, ReadFault
from domain.rules.trace import result_json
from domain.rules.wire import case_from_json

DONE, DIFFERENT, BAD_INPUT, STOPPED = 0, 1, 2, 3
"""Exit codes: answered; replayed figures differ; input or pack refused; stopped because a row or fact is absent."""

USAGE = (
    "使い方: python -m domain.rules assess|pay < case.json  または  python -m domain.rules check <年度定義> [重ね定義…]"
)


def run(arguments: Sequence[str], text: str) -> tuple[int, str]:
    """Exit code and output for the command line `arguments` and standard input `text`."""
    try:
        match list(arguments):
            case ["assess"]:
                return _assess(text)
            case ["impact", before, after]:
                found = impact_of_lines(pack_named(before), pack_named(after), text.splitlines())
                return DONE, _json(impact_json(found))
            case ["replay"]:
                same, report = replay_lines(text.splitlines())
                return (DONE if same else DIFFERENT), _json(report)
            case ["check", name, *overlays]:
                return DONE, _check(load_pack(name, overlays))
            case _:
                raise CaseError(USAGE)
    except PackError as error:
        return BAD_INPUT, _json({"error": {"id": error.id, "message": error.message, "faults": list(error.faults)}})
    except RulesError as error:
        return BAD_INPUT, _json({"error": {"id": error.id, "message": error.message}})


def _assess(text: str) -> tuple[int, str]:
    pack, case = _input(text)
    found = assess(pack, case_from_json(case))
    answer = {**result_json(found), "trace": [step.to_json() for step in found.steps], "receipt": found.receipt()}
    return (DONE if found.complete else STOPPED), _json(answer)


def _input(text: str) -> tuple[Pack, object]:
    """`{"pack": …, "overlays": […], "case": {…}}`; a receipt's own `pack` section is understood as well."""
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_float=_no_decimal, parse_constant=_no_decimal)
    except (ValueError, RecursionError) as fault:
        raise CaseError(f"JSON として読めません: {fault}") from None
    try:
        reader = Reader(data, "入力")
        named = reader.value("pack")
        if isinstance(named, dict):
            child = reader.child("pack")
            return load_pack(child.text("name"), _names(child, "overlays")), reader.value("case")
        pack, case = load_pack(reader.text("pack"), _names(reader, "overlays")), reader.value("case")
        reader.done()
    except ReadFault as fault:
        raise CaseError(str(fault)) from None
    return pack, case


def _names(reader: Reader, key: str) -> list[str]:
    found = reader.items(key) if reader.has(key) else []
    if not all(isinstance(each, str) for each in found):
        raise ReadFault(f"{reader.where}: 「{key}」は文字列の並びで書いてください")
    return [str(each) for each in found]


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("同じ項目が二度書かれています")
    return found


def _no_decimal(text: str) -> NoReturn:
    raise ValueError(f"小数は使えません({text})。円の整数で書いてください")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _check(pack: Pack) -> str:
    report = check(pack)
    lines = [f"{pack.title}({pack.fiscal_year}年度)", f"内容の識別値 {pack.digest}", ""]
    if pack.sample:
        lines[0] = f"【サンプル】{lines[0]}"
    lines += ["■ 欠けている行", *(f"- {gap}" for gap in report.gaps or ("なし",)), ""]
    lines += ["■ 経費項目 × 部 × 区分(あり / 未確認 / 一部欠 / 欠 / 対象外)", *_coverage_lines(pack, report), ""]
    known = "、".join(info.name for info in available_packs())
    return "\n".join(
        [*lines, "重複する行と出典のない行はありません(あれば読み込めません)。", f"年度定義の一覧: {known}"]
    )


def _coverage_lines(pack: Pack, report: Report) -> list[str]:
    cells = {(cell.item, cell.department, cell.category): cell for cell in report.cells}
    lines = []
    for item in pack.items.values():
        lines.append(f"{item.order:02d} {item.title} ({item.code})")
        for department in Department:
            states = [f"{category.label} {cells[item.code, department, category].state.label}" for category in Category]
            lines.append(f"   {department.label}: {' / '.join(states)}")
    return lines
