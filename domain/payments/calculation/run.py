"""A calculation of a whole round, in chunks of members.

A chunk replaces its pupils' rows in one transaction, and only while this run is the round's current one. What is left is
found by query, so a run that was cut off anywhere goes on where it stopped and ends in the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.db import transaction

from domain.payments.calculation.cases import payment_case
from domain.payments.calculation.differences import difference
from domain.payments.calculation.facts import Chunk, Used, journeys_of, load
from domain.payments.calculation.fingerprint import expenses_of, fingerprint
from domain.payments.calculation.results import Outcome, outcome
from domain.payments.models import PaymentLine, PaymentRound, PupilPayment
from domain.payments.paging import members_of
from domain.payments.states import locked
from domain.rules import Pack, PaymentResult

CHUNK = 200
"""Members that are paid and written together."""
Fence = Callable[[], None]


class RunOver(Exception):
    """Another run has begun or the round was approved: what this one still does must not count."""


def members_left(round_: PaymentRound) -> list[int]:
    """Members with an expense in the round whose row is not of the current run, in a fixed order."""
    done = PupilPayment.objects.filter(round=round_, run=round_.run).values_list("pupil", flat=True)
    waiting = set(expenses_of(round_).values_list("pupil", flat=True)) - set(done)
    return sorted(set(members_of(waiting).values()))


def note_facts(round_: PaymentRound) -> None:
    """Keep the fingerprint of the facts as they stand before the first chunk of a run."""
    if not round_.facts:
        PaymentRound.objects.filter(pk=round_.pk, run=round_.run, facts="").update(facts=fingerprint(round_))


@transaction.atomic
def calculate_members(round_: PaymentRound, members: Sequence[int], pack: Pack, fence: Fence) -> int:
    """Replace the rows of these members; returns how many pupils. Raises RunOver, and what `fence` raises."""
    fence()
    held_for(round_)
    chunk = load(round_, members, pack)
    outcomes = [each for member in chunk.enrolments for each in _member(round_, member, chunk, pack)]
    old = [payment.pk for payment in chunk.before.values()]
    PaymentLine.objects.filter(payment__in=old).delete()
    PupilPayment.objects.filter(pk__in=old).delete()
    PupilPayment.objects.bulk_create([each.payment for each in outcomes])
    PaymentLine.objects.bulk_create([line for each in outcomes for line in each.lines], batch_size=2_000)
    return len(outcomes)


def held_for(round_: PaymentRound) -> PaymentRound:
    """The round's row, held, while this is still its current run. Raises RunOver."""
    row = locked(round_.pk)
    if row.run != round_.run or row.state != row.State.DRAFT:
        raise RunOver
    return row


def _member(round_: PaymentRound, member: int, chunk: Chunk, pack: Pack) -> Iterator[Outcome]:
    """Enrolments in order of time: what the first school pays uses up caps and journeys of the next."""
    used = chunk.used[member]
    for pupil in chunk.enrolments[member]:
        expenses = chunk.expenses[pupil.pk]
        periods, entered_on = chunk.periods.get(pupil.pk, ()), chunk.entered_on[member]
        case = payment_case(pupil, round_, periods, expenses, used, entered_on)
        made = outcome(round_, pupil.pk, pack, case, expenses)
        payment = made.payment
        payment.previous, payment.causes = difference(
            chunk.before.get(pupil.pk), payment.receipt, payment.total, round_.finished_run
        )
        if made.result is not None:
            _use(used, made.result)
        yield made


def _use(used: Used, result: PaymentResult) -> None:
    for group in result.groups:
        if group.paid or group.eligible:
            used.add(group.item, group.eligible, group.paid)
    once = [item.code for item in result.pack.items.values() if item.once_per_department]
    if any(group.item in once and group.paid for group in result.groups):
        used.journeys += journeys_of(result.receipt(), once)
