"""Why an access to a household was right, as far as expenses and payments know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from accounts.access import visible_schools
from accounts.models import User
from audit.detection.reasons import Explainer, register_explainer
from audit.trail.entries import Subject
from domain.households.homes import of_rows, register_kind, subjects_in
from domain.payments.models import Expense, PupilPayment

DAYS_AFTER_ENTRY = 14
OF_EXPENSES = frozenset({"expense", "payment", "pupil"})
DAYS_AFTER_ROUND = 30


def register() -> None:
    register_kind("expense", *of_rows(Expense.objects.all, _HOME))
    register_kind("payment", *of_rows(PupilPayment.objects.all, _HOME))
    register_explainer(Explainer("E2", "使用経費の入力", entered, of_watched=OF_EXPENSES), "payments")
    register_explainer(Explainer("E5", "支給の処理", paid), "payments")


_HOME = "pupil__member__household_id"


def entered(user: User, subjects: Sequence[Subject], day: date) -> dict[Subject, str]:
    """E2: receipts of the household were entered or changed within 14 days, at a school of theirs.

    To people of the board only for pages of pupils and their expenses: a receipt typed at a school is no reason to look at the
    調書, the household or an answer of an inquiry. Of a household under 支援措置 to anybody only for these: whoever wants to look
    where they should not can type a receipt as well.
    """
    codes = visible_schools(user)
    if codes is None:
        subjects = [subject for subject in subjects if subject.kind in OF_EXPENSES]

    def wanted(homes: set[int]) -> Iterable[int]:
        rows = Expense.objects.filter(
            pupil__member__household__in=homes, updated_at__date__range=(day - timedelta(days=DAYS_AFTER_ENTRY), day)
        )
        return (rows if codes is None else rows.filter(school__code__in=codes)).values_list(_HOME, flat=True)

    return subjects_in(subjects, wanted, f"{DAYS_AFTER_ENTRY}日以内の使用経費の入力")


def paid(user: User, subjects: Sequence[Subject], day: date) -> dict[Subject, str]:
    """E5: a payment of a round that a second person approved within 30 days. For people of the board."""
    if visible_schools(user) is not None:
        return {}
    since = day - timedelta(days=DAYS_AFTER_ROUND)

    def wanted(homes: set[int]) -> Iterable[int]:
        rows = PupilPayment.objects.filter(
            pupil__member__household__in=homes, round__approved_at__date__range=(since, day)
        )
        return rows.values_list(_HOME, flat=True)

    return subjects_in(subjects, wanted, f"{DAYS_AFTER_ROUND}日以内に承認された支給")
