"""A calculation of a whole round, in chunks of members.

A chunk replaces its pupils' rows in one transaction, and only while this run is the round's current one. What is left is
found by query, so a run that was cut off anywhere goes on where it stopped and ends in the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.db import transaction

from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.payments.calculation.cases import payment_case
from domain.payments.calculation.differences import difference
from domain.payments.calculation.facts import Chunk, Used, load
from domain.payments.calculation.fingerprint import expenses_of, fingerprint
from domain.payments.calculation.netting import decide
from domain.payments.calculation.placing import placed
from domain.payments.calculation.results import Outcome, outcome
from domain.payments.calculation.searching import only_settling, settled_of
from domain.payments.calculation.settling import Past, Settled, past_of, use
from domain.payments.models import Adjustment, PaymentLine, PaymentRound, PupilPayment
from domain.payments.paging import members_of
from domain.payments.states import locked
from domain.rules import Pack

CHUNK = 200
"""Members that are paid and written together."""
Fence = Callable[[], None]


class RunOver(Exception):
    """Another run has begun or the round was approved: what this one still does must not count."""


def members_left(round_: PaymentRound) -> list[int]:
    """Members with an expense or 追給・戻入 in the round whose row is not of the current run, in a fixed order."""
    done = PupilPayment.objects.filter(round=round_, run=round_.run).values_list("pupil", flat=True)
    waiting = {*expenses_of(round_).values_list("pupil", flat=True), *round_.settling} - set(done)
    return sorted(set(members_of(waiting).values()))


def note_facts(round_: PaymentRound, pack: Pack) -> None:
    """Keep, before the first chunk of a run, who has only 追給・戻入 and the fingerprint of the facts as they stand."""
    if not round_.facts:
        round_.settling = only_settling(round_, pack)
        found = {"settling": round_.settling, "facts": fingerprint(round_)}
        with transaction.atomic():
            if PaymentRound.objects.filter(pk=round_.pk, run=round_.run, facts="").update(**found):
                _record(round_, {"settling": len(round_.settling)})


@transaction.atomic
def calculate_members(round_: PaymentRound, members: Sequence[int], pack: Pack, fence: Fence) -> int:
    """Replace the rows of these members; returns how many pupils. Raises RunOver, and what `fence` raises."""
    fence()
    held_for(round_)
    chunk = load(round_, members, pack)
    past = past_of(round_, pack, chunk.pupils(), chunk.periods, chunk.used)
    outcomes = [each for member in chunk.enrolments for each in _member(round_, member, chunk, past, pack)]
    concerned = [each.payment.pupil_id for each in outcomes]
    Adjustment.objects.filter(round=round_, pupil__in=concerned).delete()
    old = [payment.pk for payment in chunk.before.values()]
    PaymentLine.objects.filter(payment__in=old).delete()
    PupilPayment.objects.filter(pk__in=old).delete()
    PupilPayment.objects.bulk_create([each.payment for each in outcomes])
    PaymentLine.objects.bulk_create([line for each in outcomes for line in each.lines], batch_size=2_000)
    Adjustment.objects.bulk_create([line for each in outcomes for line in each.adjustments])
    _record(round_, {"pupils": len(outcomes)})
    return len(outcomes)


def _record(round_: PaymentRound, counts: dict[str, int]) -> None:
    """No write to the payments without its event, however many transactions a calculation takes."""
    record(
        Event.ROUND_MEMBERS_CALCULATED, subjects=[Subject("round", str(round_.pk))], detail=counts | {"run": round_.run}
    )


def held_for(round_: PaymentRound) -> PaymentRound:
    """The round's row, held, while this is still its current run. Raises RunOver."""
    row = locked(round_.pk)
    if row.run != round_.run or row.state != row.State.DRAFT:
        raise RunOver
    return row


def _member(round_: PaymentRound, member: int, chunk: Chunk, past: Past, pack: Pack) -> list[Outcome]:
    """Payments of one member's enrolments, with all of their 追給・戻入 in them or none."""
    settled_ = settled_of(round_, member, chunk, past, pack) if past.concerns(chunk.everyone[member]) else None
    paid = chunk.used[member]
    if settled_ is None:
        made = list(_outcomes(round_, member, chunk, pack, paid))
    else:
        made = _with_settlement(round_, member, chunk, pack, settled_)
    for each in made:
        payment = each.payment
        payment.outside = paid.brought.kept()
        payment.previous, payment.causes = difference(chunk.before.get(payment.pupil_id), payment, round_.finished_run)
    return made


def _with_settlement(round_: PaymentRound, member: int, chunk: Chunk, pack: Pack, found: Settled) -> list[Outcome]:
    paid = chunk.used[member]
    before = [row for pupil in chunk.everyone[member] for row in chunk.adjusted.get(pupil.pk, {}).values()]
    places = None
    if decide(found.all_lines(), before):
        made = list(_outcomes(round_, member, chunk, pack, found.once_applied(paid)))
        places = placed(found.lines, made)
    if places is None:
        made = list(_outcomes(round_, member, chunk, pack, found.while_waiting(paid)))
    for each in made:
        each.count((places or {}).get(each.payment.pupil_id, ()))
    for each in made:
        each.keep(found.lines.get(each.payment.pupil_id, []))
    return made


def _outcomes(round_: PaymentRound, member: int, chunk: Chunk, pack: Pack, used: Used) -> Iterator[Outcome]:
    """Enrolments in order of time: what the first school pays uses up caps and journeys of the next."""
    for pupil in chunk.enrolments[member]:
        expenses = chunk.expenses.get(pupil.pk, [])
        periods, entered_on = chunk.periods.get(pupil.pk, ()), chunk.entered_on[member]
        case = payment_case(pupil, round_, periods, expenses, used, entered_on)
        made = outcome(round_, pupil.pk, pack, case, expenses)
        if made.result is not None:
            use(used, made.result)
        yield made
