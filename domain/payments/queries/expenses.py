"""Expenses and ledger lines as the pages list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from domain.payments.items import Items
from domain.payments.ledgers import names_of
from domain.payments.models import Expense, PaymentLine, PaymentRound, PupilPayment
from domain.payments.queries.scope import visible_expenses
from web.text import fold_name, normalise_digits


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
    """学籍番号 or 証憑番号 from its beginning, or the pupil's name or kana from anywhere in it."""
    found = Q(pupil__student_number__istartswith=normalise_digits(text)) | Q(evidence__istartswith=text)
    key = fold_name(text)
    if key:
        found |= Q(pupil__member__name_key__contains=key) | Q(pupil__member__kana_key__contains=key)
    return found


def total_of(expenses: QuerySet[Expense]) -> int:
    """円."""
    return int(expenses.order_by().aggregate(of_amount=Sum("amount"))["of_amount"] or 0)


def round_titles(fiscal_year: int) -> list[PaymentRound]:
    """The rounds of a year, to say which one an expense belongs to."""
    return list(PaymentRound.objects.filter(fiscal_year=fiscal_year).defer("figures"))


def round_of(expense: Expense, rounds: list[PaymentRound]) -> PaymentRound | None:
    return next((each for each in rounds if each.starts_on <= expense.used_on <= each.ends_on), None)


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
    round_ = payment.round
    rows = Expense.objects.filter(pupil=payment.pupil_id, used_on__gte=round_.starts_on, used_on__lte=round_.ends_on)
    return [(expense, items.title(expense.item)) for expense in rows]
