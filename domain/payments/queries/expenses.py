"""Expenses and ledger lines as the pages list them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from accounts.permissions import Permission
from domain.households.models import Pupil
from domain.payments.calculation.fingerprint import expenses_of
from domain.payments.expenses.checking import closed_round_of
from domain.payments.items import Items
from domain.payments.ledgers import names_of
from domain.payments.models import Expense, PaymentLine, PaymentRound, PupilPayment
from domain.payments.models_late import LateChange
from domain.payments.queries.scope import of_schools, visible_expenses
from domain.payments.rounds.periods import covers_the_year
from domain.payments.states import SETTLED
from web.dates import to_wareki_short
from web.text import fold_name, km_text, normalise_digits


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a list of expenses is narrowed by; blank means everything. `text`: 学籍番号 or 証憑番号 from its beginning, or a
    name of the pupil."""

    school: str = ""
    item: str = ""
    text: str = ""
    pupil: int | None = None


def list_expenses(user: User, fiscal_year: int, criteria: Criteria) -> QuerySet[Expense]:
    rows = visible_expenses(user).filter(fiscal_year=fiscal_year)
    if criteria.school:
        rows = rows.filter(school__code=criteria.school)
    if criteria.item:
        rows = rows.filter(item=criteria.item)
    if criteria.pupil is not None:
        rows = rows.filter(pupil=criteria.pupil)
    if criteria.text:
        rows = rows.filter(_matching(criteria.text))
    return rows


def _matching(text: str) -> Q:
    """証憑番号 from its beginning, or the pupil."""
    return _of_pupil(text, "pupil__") | Q(evidence__istartswith=text)


def _of_pupil(text: str, path: str = "") -> Q:
    """学籍番号 from its beginning, or the name or kana from anywhere in it."""
    found = Q(**{f"{path}student_number__istartswith": normalise_digits(text)})
    key = fold_name(text)
    if key:
        found |= Q(**{f"{path}member__name_key__contains": key}) | Q(**{f"{path}member__kana_key__contains": key})
    return found


def find_pupils(user: User, text: str) -> QuerySet[Pupil]:
    """Pupils for whom the person may enter expenses."""
    pupils = Pupil.objects.filter(of_schools(user, "school", Permission.ENTER_EXPENSE)).select_related("school")
    return pupils.filter(_of_pupil(text)).order_by("kana", "school__code", "student_number")


def total_of(expenses: QuerySet[Expense]) -> int:
    """円."""
    return int(expenses.order_by().aggregate(of_amount=Sum("amount"))["of_amount"] or 0)


def round_titles(fiscal_year: int) -> list[PaymentRound]:
    """The rounds of a year, to say which one an expense belongs to."""
    return list(PaymentRound.objects.filter(fiscal_year=fiscal_year).defer("figures"))


def round_of(expense: Expense, rounds: list[PaymentRound]) -> PaymentRound | None:
    return next((each for each in rounds if each.holds(expense.counts_on)), None)


@dataclass(frozen=True, slots=True)
class LateRow:
    """One thing done to a receipt after its round was approved; what the receipt said `before` and `after` it, in words."""

    change: LateChange
    evidence: str
    before: str
    after: str


def late_changes(wanted: Q, items: Items) -> list[LateRow]:
    """In order of time."""
    rows = LateChange.objects.filter(wanted).select_related("round")
    return [
        LateRow(
            each,
            (each.after or each.before)["evidence"],
            _receipt_in_words(each.before, items),
            _receipt_in_words(each.after, items),
        )
        for each in rows
    ]


def _receipt_in_words(kept: Mapping[str, Any], items: Items) -> str:
    """学校給食費 令和7年6月15日 4,000円"""
    if not kept:
        return ""
    day = to_wareki_short(date.fromisoformat(kept["used_on"]))
    yen = f"自家用車 {km_text(kept['car_metres'])}km" if kept.get("car_metres") else f"{kept['amount']:,}円"
    return f"{items.title(kept['item'])} {day} {yen}"


def follows_late(*expenses: Expense) -> str:
    """What becomes of receipts of approved periods; "" where none of them is one."""
    rounds = round_titles(expenses[0].fiscal_year)
    closed = [each for each in rounds if each.state in SETTLED]
    concerned = next((one for each in expenses if (one := closed_round_of(each.counts_on, closed))), None)
    if concerned is None:
        return ""
    waits = next((each for each in rounds if each.is_open), None)
    if waits is not None:
        where = f"「{waits.title}」を計算すると"
    elif covers_the_year(expenses[0].fiscal_year):
        where = "追給・戻入のみの支給回を開いて計算すると"
    else:
        where = "次の支給回を開いて計算すると"
    return f"承認済みの「{concerned.title}」はそのままで、{where}、差が追給・戻入になります。"


@dataclass(frozen=True, slots=True)
class LineRow:
    """One item in one month of the ledger, with the item's name. 円"""

    title: str
    line: PaymentLine
    names: Sequence[str]

    @property
    def amounts(self) -> list[int]:
        """By ledger, in the order of the round."""
        return [self.line.ledgers.get(name, 0) for name in self.names]


def line_rows(payment: PupilPayment, items: Items) -> list[LineRow]:
    """In the order of items, then months."""
    lines = sorted(payment.lines.all(), key=lambda line: (items.place(line.item), line.month))
    names = names_of(payment.round)
    return [LineRow(items.title(line.item), line, names) for line in lines]


def expenses_of_payment(payment: PupilPayment, items: Items) -> list[tuple[Expense, str]]:
    """The receipts of a pupil in the round's period, each with its item's name."""
    rows = expenses_of(payment.round).filter(pupil=payment.pupil_id)
    return [(expense, items.title(expense.item)) for expense in rows]
