"""The year's households as the rules see them, read and never written: facts as they are kept, expenses as they are known."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Q

from domain.households.models import Pupil, StatusPeriod
from domain.payments.calculation.cases import payment_case
from domain.payments.calculation.facts import Used, journeys_of
from domain.payments.models import Adjustment, Expense, PaymentRound, PupilPayment
from domain.payments.outside import Brought, brought_by
from domain.payments.states import SETTLED
from domain.rules import Pack, PaidOnce
from domain.rules.impact import ImpactCase, PupilExpenses
from domain.statements.cases import household_case
from domain.statements.intake import year_ends_on
from domain.statements.models import Statement
from domain.statements.reading import facts_of, members_of

CHUNK = 500
"""調書 that are read together."""


def statements_of(fiscal_year: int) -> list[int]:
    """The 調書 each household began the year with, in a fixed order; what a 再判定 decided stands in the status rows."""
    rows = Statement.objects.filter(fiscal_year=fiscal_year, revises=None)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def cases_of(ids: Sequence[int], fiscal_year: int, pack: Pack) -> Iterator[ImpactCase]:
    """Households of these 調書 with their year's expenses, in a fixed number of queries. `key` is the id of the 調書."""
    statements = list(Statement.objects.filter(pk__in=ids).select_related("household", "school").order_by("pk"))
    homes = [statement.household_id for statement in statements]
    members, facts = members_of(homes), facts_of(ids)
    aided = StatusPeriod.objects.filter(
        pupil__member__household__in=homes, institution_aid=True, starts_on__lte=year_ends_on(fiscal_year)
    )
    institution = frozenset(aided.values_list("pupil__member_id", flat=True))
    expenses = _expenses_of(homes, fiscal_year, pack)
    for statement in statements:
        people = members.get(statement.household_id, ())
        case = household_case(statement, people, facts.get(statement.pk, {}), institution)
        paid = tuple(expenses.get(statement.household_id, ()))
        yield ImpactCase(str(statement.pk), statement.school.code, case, paid)


def _expenses_of(homes: Sequence[int], fiscal_year: int, pack: Pack) -> dict[int, list[PupilExpenses]]:
    """By household: the year's expenses of each enrolment, round by round; what no round holds yet comes last."""
    rounds = [*PaymentRound.objects.filter(fiscal_year=fiscal_year).order_by("starts_on", "pk"), _no_round(fiscal_year)]
    spent: dict[tuple[int, int], list[Expense]] = defaultdict(list)
    rows = Expense.objects.filter(pupil__member__household__in=homes, fiscal_year=fiscal_year)
    for expense in rows.select_related("pupil").order_by("pupil_id", "used_on", "id"):
        spent[_place(rounds, expense), expense.pupil_id].append(expense)
    spending = {pupil for _, pupil in spent}
    pupils = Pupil.objects.filter(member__household__in=homes).select_related("member__household")
    enrolments = list(pupils.order_by("member_id", "enrolled_on", "pk"))
    entered_on: dict[int, datetime.date] = {}
    for pupil in enrolments:
        entered_on.setdefault(pupil.member_id, pupil.enrolled_on)
    periods: dict[int, list[StatusPeriod]] = defaultdict(list)
    for period in StatusPeriod.objects.filter(pupil__in=spending).order_by("pupil_id", "starts_on"):
        periods[period.pupil_id].append(period)
    journeys = _earlier_journeys([pupil.member_id for pupil in enrolments if pupil.pk in spending], fiscal_year, pack)
    brought = brought_by([pupil.member_id for pupil in enrolments], fiscal_year)
    found: dict[int, list[PupilExpenses]] = defaultdict(list)
    for number, round_ in enumerate(rounds):
        for pupil in enrolments:
            expenses = spent.get((number, pupil.pk))
            if expenses:
                used = Used(journeys=list(journeys.get(pupil.member_id, ())))
                used.bring(brought.get(pupil.member_id, Brought()).of(pack.items))
                entered = entered_on[pupil.member_id]
                case = payment_case(pupil, round_, periods[pupil.pk], expenses, used, entered)
                found[pupil.member.household_id].append(PupilExpenses(pupil.member.key, case))
    return found


def _no_round(fiscal_year: int) -> PaymentRound:
    """Stands for the round that is not opened yet; its pay day is taken to be the last of the year. Never saved."""
    last = year_ends_on(fiscal_year)
    return PaymentRound(fiscal_year=fiscal_year, starts_on=last, ends_on=last, pay_on=last)


def _place(rounds: Sequence[PaymentRound], expense: Expense) -> int:
    """Which of the rounds holds an expense; the last one, which is none, where no other does."""
    places = (number for number, each in enumerate(rounds[:-1]) if each.holds(expense.counts_on))
    return next(places, len(rounds) - 1)


def _earlier_journeys(members: Sequence[int], fiscal_year: int, pack: Pack) -> dict[int, list[PaidOnce]]:
    """What other years paid that a 部 pays only once, by member."""
    once = [item.code for item in pack.items.values() if item.once_per_department]
    rows = PupilPayment.objects.filter(
        Q(lines__item__in=once, lines__eligible__gt=0), pupil__member__in=members, round__state__in=SETTLED
    ).exclude(round__fiscal_year=fiscal_year)
    found: dict[int, list[PaidOnce]] = defaultdict(list)
    for member, receipt in rows.order_by("pk").distinct().values_list("pupil__member", "receipt"):
        found[member] += journeys_of(receipt, once)
    return found


def released_rounds(fiscal_year: int) -> list[PaymentRound]:
    """支給済の支給回 of a year in the order of their periods."""
    rounds = PaymentRound.objects.filter(fiscal_year=fiscal_year, state=PaymentRound.State.RELEASED)
    return list(rounds.order_by("starts_on", "pk"))


def paid_members(fiscal_year: int) -> list[int]:
    """Everybody with a receipt in a released round of the year."""
    paid = PupilPayment.objects.filter(round__fiscal_year=fiscal_year, round__state=PaymentRound.State.RELEASED)
    return sorted(set(paid.values_list("pupil__member", flat=True)))


def adjustments_of(members: Sequence[int], fiscal_year: int) -> dict[tuple[int, int, str, str], int]:
    """追給・戻入 that released rounds of the year applied: (pupil, round the month belongs to, item, ledger) → 円."""
    rounds = released_rounds(fiscal_year)
    rows = Adjustment.objects.filter(pupil__member__in=members, round__in=rounds, applied=True)
    found: dict[tuple[int, int, str, str], int] = defaultdict(int)
    first = datetime.date(fiscal_year, 4, 1)
    for each in rows.select_related("pupil"):
        day = each.month if each.month >= first else each.pupil.enrolled_on  # bought before the entry
        owner = next((one.pk for one in rounds if one.holds(day)), 0)
        for ledger, yen in each.ledgers.items():
            found[each.pupil_id, owner, each.item, ledger] += int(yen)
    return found


def receipts_of(members: Sequence[int], fiscal_year: int) -> dict[int, list[PupilPayment]]:
    """Payments of the year's released rounds by member, in the order they were computed."""
    rows = PupilPayment.objects.filter(
        pupil__member__in=members, round__fiscal_year=fiscal_year, round__state=PaymentRound.State.RELEASED
    ).select_related("pupil__school")
    found: dict[int, list[PupilPayment]] = defaultdict(list)
    for payment in rows.order_by("pupil__member", "round__starts_on", "pupil__enrolled_on", "pupil_id"):
        found[payment.pupil.member_id].append(payment)
    return found
