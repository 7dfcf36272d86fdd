"""What every 使用経費 must satisfy, whether it comes from a workbook or is typed in."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.households.models import Pupil
from domain.payments.expenses.special import special_faults
from domain.payments.items import Items
from domain.payments.models import Expense, PaymentRound
from web.dates import fiscal_year_label, fiscal_year_of, to_wareki

ROUND_APPROVED = "expenses.round-approved"


@dataclass(frozen=True, slots=True)
class ExpenseFacts:
    """One receipt; `amount` in 円, `item` a code of the rules; what else as `Expense` says."""

    item: str
    used_on: datetime.date
    amount: int
    evidence: str
    times: int | None = None
    trip: int | None = None
    purpose: str = ""
    note: str = ""
    car_metres: int | None = None
    car_days: int | None = None
    car_legs: int | None = None
    received: int = 0
    before_entry: bool = False

    def counts_on(self, pupil: Pupil) -> datetime.date:
        """As `Expense.counts_on`."""
        return pupil.enrolled_on if self.before_entry else self.used_on


@dataclass(frozen=True, slots=True)
class Fault:
    """Why it cannot be taken: the field, a stable id, and Japanese words with what to do."""

    field: str
    code: str
    message: str


def faults(facts: ExpenseFacts, pupil: Pupil, items: Items, closed: Sequence[PaymentRound]) -> Iterator[Fault]:
    """Everything that speaks against it. `items`: of the year; `closed`: its approved rounds."""
    fiscal_year = items.fiscal_year
    yield from _item_faults(facts, items)
    yield from (Fault(*each) for each in special_faults(facts, pupil.enrolled_on, items))
    if not facts.before_entry and fiscal_year_of(facts.used_on) != fiscal_year:
        text = f"{fiscal_year_label(fiscal_year)}の使用日ではありません（{to_wareki(facts.used_on)}）。年度と日付を確かめてください。"
        yield Fault("used_on", "expenses.outside-year", text)
        return
    if not facts.before_entry and not enrolled_on(pupil, facts.used_on):
        text = f"在籍していない日の経費です（{to_wareki(facts.used_on)}）。転入学日・転出日と使用日を確かめてください。"
        yield Fault("used_on", "expenses.outside-enrolment", text)
    round_ = closed_round_of(facts.counts_on(pupil), closed)
    if round_ is not None:
        text = (
            f"この日は承認済みの支給回「{round_.title}」の対象期間のため、取り込めません。教育委員会に証憑番号と遅れた理由を"
            "申し出てください。教委担当が「経費を1件登録する」で理由を付けて登録すると、次の支給回で追給します。"
        )
        yield Fault("used_on", ROUND_APPROVED, text)


def closed_round_of(day: datetime.date, closed: Sequence[PaymentRound]) -> PaymentRound | None:
    """The approved round whose period holds the day."""
    return next((each for each in closed if each.holds(day)), None)


def enrolled_on(pupil: Pupil, day: datetime.date) -> bool:
    """転出日 is the last day of attendance."""
    return pupil.enrolled_on <= day and (pupil.left_on is None or day <= pupil.left_on)


def same(expense: Expense, pupil_id: int, facts: ExpenseFacts) -> bool:
    """Whether a registered expense says just this."""
    return expense.pupil_id == pupil_id and facts == facts_of(expense)


def facts_of(expense: Expense) -> ExpenseFacts:
    return ExpenseFacts(
        item=expense.item,
        used_on=expense.used_on,
        amount=expense.amount,
        evidence=expense.evidence,
        times=expense.times,
        trip=expense.trip,
        purpose=expense.purpose,
        note=expense.note,
        car_metres=expense.car_metres,
        car_days=expense.car_days,
        car_legs=expense.car_legs,
        received=expense.received,
        before_entry=expense.before_entry,
    )


def _item_faults(facts: ExpenseFacts, items: Items) -> Iterator[Fault]:
    item = items.payable.get(facts.item)
    if item is None:
        yield Fault("item", "expenses.unknown-item", f"経費項目「{facts.item}」はありません。一覧から選んでください。")
        return
    if item.counted and facts.trip is None:
        text = f"{item.title}は年度の何往復目かで支給の割合が変わるため、「何回目」が必要です。"
        yield Fault("trip", "expenses.trip-needed", text)
    if item.purposes and facts.purpose not in item.purposes:
        text = f"{item.title}は付添いの仕方で支給の割合が変わるため、「付添の別」が必要です。"
        yield Fault("purpose", "expenses.purpose-needed", text)
    if facts.purpose and not item.purposes:
        text = f"{item.title}に「付添の別」はありません。空欄にするか、付添人の経費項目にしてください。"
        yield Fault("purpose", "expenses.purpose-unknown", text)
