"""Whom approved rounds of a year paid too little or too much: looked for before a round is calculated, or opened for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.households.models import Pupil
from domain.payments.calculation.facts import Chunk, load
from domain.payments.calculation.fingerprint import expenses_of
from domain.payments.calculation.settling import Past, Settled, past_of, settled
from domain.payments.expenses import late
from domain.payments.models import PaymentRound, PupilPayment
from domain.payments.paging import members_of, pages
from domain.payments.states import SETTLED
from domain.rules import Pack

TOGETHER = 200
"""Members that are looked at together."""


@dataclass(slots=True)
class Looked:
    """What was looked at for a round of differences, and what is there.

    `payable`: whether anything may go into a round without an act. `to_return`: children of whom it is only too much, and
    `too_much` by how much, 円 (counted as far as was looked).
    """

    rounds: list[PaymentRound]
    children: int = 0
    late: int = 0
    payable: bool = False
    to_return: int = 0
    too_much: int = 0


def only_settling(round_: PaymentRound, pack: Pack) -> list[int]:
    """Pupils without expenses in the round with 追給・戻入, and those at whose enrolment their child's are paid."""
    spending = set(expenses_of(round_).values_list("pupil", flat=True))
    found: set[int] = set()
    for enrolments, settled_ in _differing(round_, pack, _paid_or_late(round_) - spending):
        found |= settled_.lines.keys()
        if settled_.net >= 0:
            found.add(enrolments[-1].pk)
    return sorted(found - spending)


def look(round_: PaymentRound, pack: Pack) -> Looked:
    """For a round that pays differences only; until the first that may go into it."""
    rounds = PaymentRound.objects.filter(fiscal_year=round_.fiscal_year, state__in=SETTLED).defer("figures")
    changed = set(late.pupils_of(round_.fiscal_year))
    everyone = _paid_or_late(round_)
    found = Looked(list(rounds.order_by("number")), len(set(members_of(everyone).values())), len(changed))
    for pupils in (changed, everyone):  # where something was entered late there is most likely a difference
        found.to_return = found.too_much = 0
        for _, settled_ in _differing(round_, pack, pupils):
            if settled_.net >= 0:
                found.payable = True
                return found
            found.to_return += 1
            found.too_much -= settled_.net
    return found


def settled_of(round_: PaymentRound, member: int, chunk: Chunk, past: Past, pack: Pack) -> Settled | None:
    """The differences of a member; None where facts contradict each other."""
    enrolments, entered_on = chunk.everyone[member], chunk.entered_on[member]
    return settled(past, round_, pack, enrolments, chunk.periods, chunk.used[member], entered_on)


def _paid_or_late(round_: PaymentRound) -> set[int]:
    """Pupils in approved rounds of the year, or with a receipt that came, changed or went after the approval."""
    earlier = PupilPayment.objects.filter(round__fiscal_year=round_.fiscal_year, round__state__in=SETTLED)
    return {
        *earlier.exclude(round=round_.pk).values_list("pupil", flat=True),
        *late.pupils_of(round_.fiscal_year),
    }


def _differing(round_: PaymentRound, pack: Pack, pupils: set[int]) -> Iterator[tuple[list[Pupil], Settled]]:
    """Enrolments in order of time and differences, of the members of these pupils that have any."""
    for members in pages(members_of(pupils).values(), TOGETHER):
        chunk = load(round_, members, pack)
        past = past_of(round_, pack, chunk.pupils(), chunk.periods, chunk.used)
        for member, enrolments in chunk.everyone.items():
            done = settled_of(round_, member, chunk, past, pack) if past.concerns(enrolments) else None
            if done is not None and done.lines:
                yield enrolments, done
