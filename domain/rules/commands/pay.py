"""`pay` of the command line: questions of payment in, answers out (docs/pay-format.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from domain.rules.assessment.receipts import FORMAT
from domain.rules.canonical import digest_of
from domain.rules.commands.jsonlines import read_objects, told, write_objects
from domain.rules.errors import CaseError
from domain.rules.payment.paying import PaymentResult, pay
from domain.rules.payment.trace import group_json, payment_receipt, payment_result_json
from domain.rules.payment.wire import read_payment_case
from domain.rules.payment_cases import PaymentCase
from domain.rules.reading import Reader, ReadFault
from domain.rules.yearpack.loading import Loader, load_pack
from domain.rules.yearpack.model import Pack

Answer = Callable[[PaymentResult], Mapping[str, object]]


def pay_text(text: str, answer: Answer, load: Loader = load_pack) -> str:
    """An answer for every question of the text, in its order.  CaseError and PackError; one refused refuses all."""
    objects = read_objects(text)
    return write_objects([_answer(data, where, answer, load) for where, data in objects], spread=len(objects) == 1)


def _answer(data: object, where: str, answer: Answer, load: Loader) -> Mapping[str, object]:
    try:
        pack, case = _question(data, where or "入力", load)
        return answer(pay(pack, case))
    except ReadFault as fault:
        raise CaseError(str(fault)) from None
    except CaseError as error:
        raise CaseError(told(where, error.message)) from None


def _question(data: object, where: str, load: Loader) -> tuple[Pack, PaymentCase]:
    """A flat question, or a receipt of a payment, which is asked again."""
    reader = Reader(data, where)
    if reader.has("format"):
        if reader.text("format") != FORMAT or reader.text("kind") != "payment":
            raise ReadFault(f"{where}: 支給の計算書(format {FORMAT}、kind payment)ではありません")
        named = reader.child("pack")
        return load(named.text("name"), _overlays(named)), read_payment_case(reader.child("case"))
    pack = load(reader.text("pack"), _overlays(reader))
    return pack, read_payment_case(reader)


def _overlays(reader: Reader) -> tuple[str, ...]:
    return reader.texts("overlays") if reader.has("overlays") else ()


def answer_json(found: PaymentResult) -> dict[str, object]:
    """The answer: result, steps, and the sha256 of the receipt."""
    digest = digest_of(payment_receipt(found)).removeprefix("sha256:")
    return {**payment_result_json(found), "steps": [group_json(group) for group in found.groups], "receipt": digest}
