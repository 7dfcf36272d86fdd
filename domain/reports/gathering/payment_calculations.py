"""支給額の計算書: one pupil's payment in a released 支給回 for the guardian, in plain words, every yen with what it rests on.

Everything comes from the receipt that the payment keeps, 追給・戻入 included; nothing is computed anew, and no address is on it,
for it is handed out by the school.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone

from audit.trail.recorder import Subject
from domain.payments.ledgers import RoundLedger, ledgers_of
from domain.payments.models import Expense, PupilPayment
from domain.reports.gathering.calculations import UNCONFIRMED
from domain.reports.gathering.pupils import periods_of
from domain.reports.targets import Gathered, Target
from domain.reports.wording import board, category_of, contact, doubt, grade_of, status_on
from domain.rules import Component, ExplainedLine, Standing, explain_payment
from domain.rules.explained import accepted_text
from domain.rules.payment import explaining, plain
from domain.rules.payment.wording import how_paid
from typesetting.data import CalculationLine, CalculationPart, PaidRow, PaymentCalculation
from web.dates import fiscal_year_label, to_wareki

Step = Mapping[str, Any]
Receipt = Mapping[str, Any]
TAKEN_BACK = "（取り消された使用経費）"


def select(target: Target) -> list[int]:
    """The payment itself: one document."""
    return [_payment(target).pk]


def versions(target: Target) -> list[tuple[Any, ...]]:
    names = ("pk", "receipt_digest", "round__released_at", "pupil__updated_at", "pupil__member__household__updated_at")
    payment = _payment(target)
    found: list[tuple[Any, ...]] = list(PupilPayment.objects.filter(pk=payment.pk).values_list(*names))
    return [*found, *sorted(_evidence(payment.receipt).items())]


def gather(target: Target, ids: Sequence[int]) -> Gathered:
    payment = _payment(target)
    subjects = [Subject("pupil", str(payment.pupil_id)), Subject("round", str(payment.round_id))]
    sample = bool(payment.receipt["pack"].get("sample"))
    return Gathered([{**_document(target, payment)}], subjects, sample)


def _payment(target: Target) -> PupilPayment:
    if target.payment is None:
        raise TypeError("this form is printed for a payment")
    rows = PupilPayment.objects.select_related("round", "pupil__school", "pupil__member__household")
    return rows.get(pk=target.payment)


def _evidence(receipt: Receipt) -> dict[str, str]:
    """証憑番号 by key of the receipt's expenses."""
    keys = [each["key"] for each in receipt["case"]["expenses"]]
    known = {str(pk): evidence for pk, evidence in Expense.objects.filter(pk__in=keys).values_list("pk", "evidence")}
    return {key: known.get(key, TAKEN_BACK) for key in keys}


def _document(target: Target, payment: PupilPayment) -> PaymentCalculation:
    round_, pupil, receipt = payment.round, payment.pupil, payment.receipt
    period = status_on(periods_of([pupil.pk]).get(pupil.pk, ()), round_.pay_on)
    names, ledgers = _evidence(receipt), ledgers_of(round_)
    sources: dict[str, int] = {}
    return {
        "number": f"{round_.fiscal_year}-{round_.number}-{pupil.student_number}",
        "issued_on": to_wareki(timezone.localdate(round_.released_at)),
        "issuer": board(),
        "school": target.school.name,
        "guardian": pupil.member.household.guardian_name,
        "pupil": pupil.name,
        "grade": grade_of(period),
        "fiscal_year": fiscal_year_label(round_.fiscal_year),
        "round": round_.full_title,
        "paid_on": to_wareki(round_.pay_on),
        "category": category_of(period.category if period else None),
        "total": payment.total,
        "plain": _opening(receipt, names),
        "ledgers": [each.title for each in ledgers],
        "rows": rows_of(receipt, ledgers, names),
        "ledger_totals": [payment.ledgers.get(each.name, 0) for each in ledgers],
        "parts": list(_parts(receipt, names, sources)),
        "sources": [f"資料{number}: {text}" for text, number in sources.items()],
        "notes": [text for text in [doubt(_standings(receipt))] if text],
        "rule_pack": receipt["pack"].get("title", receipt["pack"]["name"]),
        "digest": payment.receipt_digest,
        "contact": contact(target.school),
    }


def _opening(receipt: Receipt, names: Mapping[str, str]) -> list[str]:
    """Whether it pays differences only, and what is not in the amount; where nothing could be computed, that alone."""
    if receipt["kind"] == "refused":
        return list(explain_payment(receipt, names, to_wareki).plain)
    words = explaining.words_of(receipt, names, to_wareki)
    return [*plain.only_differences(receipt), *plain.waiting(receipt["result"], words)]


def rows_of(receipt: Receipt, ledgers: Sequence[RoundLedger], names: Mapping[str, str]) -> list[PaidRow]:
    """A row for each item's month and each 追給・戻入: together they are what is paid, ledger by ledger."""
    if receipt["kind"] == "refused":
        return []
    words = explaining.words_of(receipt, names, to_wareki)
    months: list[PaidRow] = [
        {
            "item": words.item(step["item"]),
            "month": explaining.step_title(step, words),
            "used": step["expense"],
            "how": plain.how(step, words),
            "ledgers": [step["ledgers"].get(each.name, 0) for each in ledgers],
            "paid": step["paid"],
        }
        for step in _by_item(receipt["steps"])
    ]
    settled: list[PaidRow] = [
        {
            "item": line["title"],
            "month": f"{words.month(line['month'])}分の{explaining.settled_kind(line)}{_mark(line['standing'], only=True)}",
            "used": None,
            "how": f"前に支給した額{plain.how_settled(line)}",
            "ledgers": [line["ledgers"].get(each.name, 0) for each in ledgers],
            "paid": line["total"],
        }
        for line in receipt.get("settlement", ())
    ]
    return [*months, *settled]


def _by_item(steps: Sequence[Step]) -> list[Step]:
    """Months of one item together, items in the order in which they are first met."""
    order = {item: place for place, item in enumerate(dict.fromkeys(step["item"] for step in steps))}
    return sorted(steps, key=lambda step: order[step["item"]])


def _standings(receipt: Receipt) -> list[str]:
    """Of the figures that are paid; what could not be computed is told by itself."""
    return [each["standing"] for each in (*receipt["steps"], *receipt.get("settlement", ()))]


def _parts(receipt: Receipt, names: Mapping[str, str], sources: dict[str, int]) -> Iterator[CalculationPart]:
    if receipt["kind"] == "refused":
        return
    words = explaining.words_of(receipt, names, to_wareki)
    expenses = {each["key"]: each for each in receipt["case"]["expenses"]}
    steps = [_step(step, expenses, words, sources) for step in _by_item(receipt["steps"])]
    before = [_line(each) for each in explaining.premises(receipt["case"], words)]
    waiting = [_line(each) for each in explaining.stopped(receipt["result"], words)]
    for title, lines in (
        (explaining.PREMISES, before),
        ("経費項目と月ごとの計算", steps),
        (explaining.WAITING, waiting),
    ):
        if lines:
            yield {"title": title, "lines": lines}


def _line(line: ExplainedLine) -> CalculationLine:
    return {"title": line.title, "value": line.value, "how": line.how, "source": line.basis}


def _step(
    step: Step, expenses: Mapping[str, Mapping[str, Any]], words: explaining.Words, sources: dict[str, int]
) -> CalculationLine:
    """How the month came to be, from which receipts, and each row it rests on with the number of its source."""
    used = (
        ""
        if step["rolled_from"]
        else "、".join(explaining.expense_text(expenses[key], words) for key in step["expenses"])
    )
    how = "。".join(how_paid(step, words.item, words.ledgers))
    return {
        "title": f"{words.item(step['item'])}　{explaining.step_title(step, words)}",
        "value": f"{step['paid']:,}円",
        "how": f"{how}。（使用経費: {used}）" if used else f"{how}。",
        "source": "、".join(_ground(row, sources) for row in step["rows"]),
    }


def _ground(row: Mapping[str, Any], sources: dict[str, int]) -> str:
    """支給割合 令2条 資料1（推計）."""
    number = sources.setdefault(row["source"], len(sources) + 1)
    named = [Component(row["component"]).label, row["article"], f"資料{number}"]
    accepted = accepted_text(row)
    return " ".join(part for part in named if part) + _mark(row["standing"]) + (f"（{accepted}）" if accepted else "")


def _mark(standing: str, *, only: bool = False) -> str:
    """【未確認】, or （推計）; with `only` nothing but the first."""
    if standing == Standing.UNCONFIRMED:
        return UNCONFIRMED
    return "" if only else f"（{Standing(standing).label}）"
