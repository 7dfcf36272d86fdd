"""追給・戻入: what the year's approved rounds paid, against what they would pay by what is right today.

A category decided anew or settled after a provisional one, a row that was absent, a status put right, a receipt that came late
or was wrong: the next round carries the difference for each item and month. Where a child's differences come to less than 0 円
they are only proposed and count once an officer accepts them (`calculation.netting`).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from domain.households.models import Pupil, StatusPeriod
from domain.payments.calculation.cases import payment_case
from domain.payments.calculation.facts import Used, journeys_of
from domain.payments.calculation.fingerprint import expenses_of
from domain.payments.causes import Cause, in_order
from domain.payments.expenses import late
from domain.payments.models import Adjustment, Expense, PaymentLine, PaymentRound, PupilPayment
from domain.payments.states import SETTLED
from domain.rules import CaseError, Pack, PaymentResult, paid_by, pay, payment_case_to_json, settle_amounts
from domain.rules.standing import weakest

Key = tuple[str, datetime.date, str]
"""Item, month, ledger."""
Month = tuple[str, datetime.date]
"""Item, month."""


@dataclass(slots=True)
class Past:
    """What was paid to some pupils in the approved rounds of the year, and where the facts are not what they were.

    `paid`, `spent` (使用額) 円 by pupil; `causes` of those whose facts changed.
    """

    rounds: list[PaymentRound]
    paid: Mapping[int, dict[Key, int]]
    spent: Mapping[int, dict[Month, int]]
    causes: Mapping[int, Sequence[Cause]]
    expenses: Mapping[tuple[int, int], list[Expense]]

    def concerns(self, pupils: Sequence[Pupil]) -> bool:
        """Whether anything changed for one of these enrolments."""
        return any(pupil.pk in self.causes for pupil in pupils)


@dataclass(slots=True)
class Settled:
    """Of one member: differences by pupil, and what the year used up by what is right today.

    `kept`: by item, 円 paid in months that cannot be computed today: they stay paid, and use up what they did.
    """

    lines: dict[int, list[Adjustment]] = field(default_factory=dict)
    used: Used = field(default_factory=Used)
    kept: dict[str, int] = field(default_factory=dict)

    def all_lines(self) -> list[Adjustment]:
        return [line for lines in self.lines.values() for line in lines]

    @property
    def net(self) -> int:
        """What they come to together, 円."""
        return sum(line.total for line in self.all_lines())

    def once_applied(self, paid: Used) -> Used:
        """What is used up when every difference is paid or taken off: what is right. `paid`: by the approved rounds."""
        found = self.used.copy()
        found.brought = paid.brought
        if self.kept:
            found.at_least(Used({item: used for item, used in paid.amounts.items() if item in self.kept}))
            found.journeys += [each for each in paid.journeys if each.item in self.kept]
        return found

    def while_waiting(self, paid: Used) -> Used:
        """While the differences wait, a cap counts whatever was paid and whatever is right."""
        found = paid.copy()
        found.at_least(self.used)
        found.journeys += [each for each in self.used.journeys if each not in found.journeys]
        return found


def past_of(
    round_: PaymentRound,
    pack: Pack,
    pupils: Sequence[Pupil],
    periods: Mapping[int, Sequence[StatusPeriod]],
    used: Mapping[int, Used],
) -> Past:
    """A fixed number of queries, and none but one where no round of the year is approved yet."""
    rounds = list(
        PaymentRound.objects.filter(fiscal_year=round_.fiscal_year, state__in=SETTLED)
        .exclude(pk=round_.pk)
        .order_by("approved_at", "pk")
        .defer("figures")
    )
    if not rounds:
        return Past([], {}, {}, {}, {})
    by_id = {pupil.pk: pupil for pupil in pupils}
    rows = PupilPayment.objects.filter(round__in=rounds, pupil__in=list(by_id)).order_by("pk")
    causes: dict[int, set[Cause]] = defaultdict(set)
    for pupil, held, statuses, digest, outside in rows.values_list(
        "pupil_id", "held", "receipt__case__statuses", "receipt__pack__digest", "outside"
    ):
        if digest != pack.digest:
            causes[pupil].add(Cause.PACK)
        elif held:
            causes[pupil].add(Cause.OTHER)
        if statuses != _statuses(by_id[pupil], round_, periods.get(pupil, ())):
            causes[pupil].add(Cause.STATUS)
        if outside != used[by_id[pupil].member_id].brought.kept():
            causes[pupil].add(Cause.OUTSIDE)
    for pupil in by_id.keys() & set(late.pupils_of(round_.fiscal_year)):
        causes[pupil].add(Cause.EXPENSES)
    named = {pupil: in_order(found - {Cause.OTHER}) for pupil, found in causes.items()}
    paid, spent = _paid(rounds, list(by_id))
    return Past(rounds, paid, spent, named, _expenses(rounds, list(named), by_id))


def settled(
    past: Past,
    round_: PaymentRound,
    pack: Pack,
    enrolments: Sequence[Pupil],
    periods: Mapping[int, Sequence[StatusPeriod]],
    used: Used,
    entered_on: datetime.date,
) -> Settled | None:
    """The differences of a member to what is right today; None where facts contradict each other."""

    def anew(kept: dict[str, int]) -> tuple[Settled, dict[int, list[PaymentResult]]]:
        return _paid_anew(past, round_, pack, enrolments, periods, used, entered_on, kept)

    try:
        found, results = anew({})
        if kept := _kept(past, results):
            found, results = anew(kept)
    except CaseError:
        return None
    for pupil in enrolments:
        lines = list(_lines(past, round_, pupil, results[pupil.pk]))
        if lines:
            found.lines[pupil.pk] = lines
    return found


def _paid_anew(
    past: Past,
    round_: PaymentRound,
    pack: Pack,
    enrolments: Sequence[Pupil],
    periods: Mapping[int, Sequence[StatusPeriod]],
    used: Used,
    entered_on: datetime.date,
    kept: dict[str, int],
) -> tuple[Settled, dict[int, list[PaymentResult]]]:
    """The approved rounds, in the order they were approved, by what is right today. Raises CaseError."""
    earlier_years = [each for each in used.journeys if each.fiscal_year < round_.fiscal_year]
    ours = [each for each in earlier_years if not each.outside]
    found = Settled(used=Used(journeys=ours), kept=kept)
    found.used.bring(used.brought)
    for item, amount in kept.items():
        found.used.add(item, amount, amount)
    results: dict[int, list[PaymentResult]] = defaultdict(list)
    for earlier in past.rounds:
        for pupil in enrolments:
            expenses = past.expenses.get((earlier.pk, pupil.pk), [])
            if not expenses:
                continue
            result = pay(
                pack, payment_case(pupil, earlier, periods.get(pupil.pk, ()), expenses, found.used, entered_on)
            )
            use(found.used, result)
            results[pupil.pk].append(result)
    return found, results


def _kept(past: Past, results: Mapping[int, Sequence[PaymentResult]]) -> dict[str, int]:
    """By item, 円 paid in months that cannot be computed today."""
    kept: dict[str, int] = defaultdict(int)
    for pupil, found in results.items():
        stopped = {(each.item, each.month) for result in found for each in result.stopped}
        for (item, month, _ledger), amount in past.paid.get(pupil, {}).items():
            if (item, month) in stopped:
                kept[item] += amount
    return {item: amount for item, amount in kept.items() if amount > 0}


def use(used: Used, result: PaymentResult) -> None:
    """Add what a result used up of caps and journeys."""
    for group in result.groups:
        if group.paid or group.eligible:
            used.add(group.item, group.eligible, group.paid)
    once = [item.code for item in result.pack.items.values() if item.once_per_department]
    if any(group.item in once and group.paid for group in result.groups):
        used.journeys += journeys_of(result.receipt(), once)


def _lines(past: Past, round_: PaymentRound, pupil: Pupil, results: Sequence[PaymentResult]) -> Iterator[Adjustment]:
    """One for each item and month that differs; 0 円 in all where only the ledger changes."""
    now: dict[Key, int] = defaultdict(int)
    spent: dict[Month, int] = defaultdict(int)
    open_ = set()
    for result in results:
        open_ |= {(each.item, each.month) for each in result.stopped}
        for key, amount in paid_by(result).items():
            now[key] += amount
    groups = [group for result in results for group in result.groups]
    for group in groups:
        spent[group.item, group.month] += group.spent
    then = past.spent.get(pupil.pk, {})
    by_month: dict[tuple[str, datetime.date], dict[str, int]] = defaultdict(dict)
    for line in settle_amounts(past.paid.get(pupil.pk, {}), now, open_):
        by_month[line.item, line.month][line.ledger] = line.amount
    for (item, month), ledgers in sorted(by_month.items()):
        total = sum(ledgers.values())
        yield Adjustment(
            round=round_,
            pupil=pupil,
            run=round_.run,
            item=item,
            month=month,
            spent=spent.get((item, month), 0) - then.get((item, month), 0),
            ledgers=ledgers,
            total=total,
            standing=weakest(group.standing for group in groups if (group.item, group.month) == (item, month)).value,
            net=total,
            state=Adjustment.State.OPEN if total < 0 else Adjustment.State.DUE,
            causes=list(past.causes.get(pupil.pk, [Cause.OTHER])),
        )


def _statuses(pupil: Pupil, round_: PaymentRound, periods: Sequence[StatusPeriod]) -> object:
    return payment_case_to_json(payment_case(pupil, round_, periods, [], Used()))["statuses"]


def _paid(
    rounds: Sequence[PaymentRound], pupils: Sequence[int]
) -> tuple[dict[int, dict[Key, int]], dict[int, dict[Month, int]]]:
    """Lines of the approved rounds, and the adjustments that they paid: what was paid, and its 使用額."""
    paid: dict[int, dict[Key, int]] = defaultdict(dict)
    spent: dict[int, dict[Month, int]] = defaultdict(lambda: defaultdict(int))
    lines = PaymentLine.objects.filter(payment__round__in=rounds, payment__pupil__in=pupils)
    carried = Adjustment.objects.filter(round__in=rounds, pupil__in=pupils, applied=True)
    rows = [
        *lines.order_by().values_list("payment__pupil", "item", "month", "ledgers", "spent"),
        *carried.order_by().values_list("pupil", "item", "month", "ledgers", "spent"),
    ]
    for pupil, item, month, ledgers, used in rows:
        spent[pupil][item, month] += used
        for ledger, amount in ledgers.items():
            key = (item, month, ledger)
            paid[pupil][key] = paid[pupil].get(key, 0) + amount
    return paid, spent


def _expenses(
    rounds: Sequence[PaymentRound], changed: Sequence[int], pupils: Mapping[int, Pupil]
) -> dict[tuple[int, int], list[Expense]]:
    """By round and pupil, of every enrolment of the members concerned."""
    members = {pupils[pk].member_id for pk in changed}
    wanted = [pk for pk, pupil in pupils.items() if pupil.member_id in members]
    found: dict[tuple[int, int], list[Expense]] = defaultdict(list)
    for round_ in rounds if wanted else ():
        for expense in expenses_of(round_).filter(pupil__in=wanted).order_by("pupil_id", "used_on", "id"):
            found[round_.pk, expense.pupil_id].append(expense)
    return found
