"""`python -m domain.rules pay`: one JSON object or JSON Lines in, the same out (docs/pay-format.md).  Text in, text out."""

from __future__ import annotations

import json
from typing import NoReturn

from domain.rules.canonical import digest_of
from domain.rules.errors import CaseError, PackError, RulesError
from domain.rules.loading import load_pack
from domain.rules.packmodel import Pack
from domain.rules.paying import PaymentResult, pay
from domain.rules.payment_cases import PaymentCase
from domain.rules.payment_trace import group_json, payment_receipt, payment_result_json
from domain.rules.payment_wire import read_payment_case
from domain.rules.reading import Reader, ReadFault
from domain.rules.receipts import FORMAT

ANSWERED, REFUSED = 0, 2
"""Exit status: every question answered (rows that are absent are named in the answer); input or pack refused."""


def run_pay(text: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error.  A question refused among many refuses all: nothing half done."""
    try:
        whole = _whole(text)
        if whole is not None:
            return ANSWERED, json.dumps(_answer(whole[0], "入力"), ensure_ascii=False, indent=1) + "\n", ""
        lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        answers = [_answer(_decoded(line, f"{number}行目"), f"{number}行目") for number, line in lines]
        return ANSWERED, "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in answers), ""
    except PackError as error:
        return REFUSED, "", f"{error.id}: {error.message}\n"
    except RulesError as error:
        return REFUSED, "", f"{error.id}: {error.message}\n"


def _whole(text: str) -> tuple[object] | None:
    """The text as one JSON value; None where it is several lines of JSON instead."""
    try:
        return (_decoded(text, "入力"),)
    except CaseError:
        if sum(1 for line in text.splitlines() if line.strip()) < 2 or not _first_line_is_whole(text):
            raise
        return None


def _first_line_is_whole(text: str) -> bool:
    first = next(line for line in text.splitlines() if line.strip())
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def _decoded(text: str, where: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_no_doubles, parse_float=_no_decimal, parse_constant=_no_decimal)
    except (ValueError, RecursionError) as fault:
        raise CaseError(f"{where}: JSON として読めません: {fault}") from None


def _answer(data: object, where: str) -> dict[str, object]:
    try:
        pack, case = _question(data, where)
        return answer_json(pay(pack, case))
    except ReadFault as fault:
        raise CaseError(str(fault)) from None
    except CaseError as error:
        raise CaseError(f"{where}: {error.message}") from None


def _question(data: object, where: str) -> tuple[Pack, PaymentCase]:
    """A flat question, or a receipt of a payment, which is asked again."""
    reader = Reader(data, where)
    if reader.has("format"):
        if reader.text("format") != FORMAT or reader.text("kind") != "payment":
            raise ReadFault(f"{where}: 支給の計算書(format {FORMAT}、kind payment)ではありません")
        named = reader.child("pack")
        return load_pack(named.text("name"), _names(named)), read_payment_case(reader.child("case"))
    pack = load_pack(reader.text("pack"), _names(reader))
    return pack, read_payment_case(reader)


def _names(reader: Reader) -> tuple[str, ...]:
    found = reader.items("overlays") if reader.has("overlays") else []
    if not all(isinstance(each, str) for each in found):
        raise ReadFault(f"{reader.where}: 「overlays」は文字列の並びで書いてください")
    return tuple(str(each) for each in found)


def answer_json(found: PaymentResult) -> dict[str, object]:
    """The answer: result, steps, and the sha256 of the receipt."""
    digest = digest_of(payment_receipt(found)).removeprefix("sha256:")
    return {**payment_result_json(found), "steps": [group_json(group) for group in found.groups], "receipt": digest}


def _no_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("同じ項目が二度書かれています")
    return found


def _no_decimal(text: str) -> NoReturn:
    raise ValueError(f"小数は使えません({text})。円の整数で書いてください")
