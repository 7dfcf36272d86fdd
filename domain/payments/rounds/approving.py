"""支給の承認: a second person types count and total; from then on nothing of the round changes."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.errors import RequestStale
from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.payments.calculation.fingerprint import fingerprint
from domain.payments.calculation.finishing import require_equal_sums
from domain.payments.errors import FactsChanged, NotCalculated, TotalsDiffer
from domain.payments.models import PaymentRound
from domain.payments.rounds.approved_accounts import keep_accounts
from domain.payments.states import State, all_locked, move
from domain.payments.totals import totals_of

APPROVAL = two_person(
    "payments.round",
    "支給の承認",
    first=Permission.CALCULATE_ROUND,
    second=Permission.APPROVE_ROUND,
    again="支給額を計算し直してください。",
    everywhere=True,
    asker="calculated_by",
    asked_at="calculated_at",
)


@transaction.atomic
def approve_round(round_: PaymentRound, user: User, count: int, total: int) -> PaymentRound:
    """Approve as the second person, who typed `count` (pupils) and `total` (円) from the papers.

    Raises NotCalculated, SamePerson, RequestStale, TotalsDiffer, FactsChanged (something changed since the calculation), SumsDisagree.
    All rounds are held meanwhile: caps reach from one into another.
    """
    row = next(each for each in all_locked() if each.pk == round_.pk)
    if row.state != State.CALCULATED:
        raise NotCalculated(row.get_state_display())
    APPROVAL.require(row.calculated_by, user)
    if stale := why_stale(row):
        raise RequestStale(stale)
    totals = totals_of(row)
    typed = {"count": (count, totals.count), "total": (total, totals.total)}
    differing = [name for name, (said, computed) in typed.items() if said != computed]
    if differing:
        raise TotalsDiffer(differing)
    require_equal_sums(row)
    if fingerprint(row) != row.facts:
        raise FactsChanged
    move(
        row,
        State.APPROVED,
        by=user.display_name,
        approved_by=user.username,
        approved_at=timezone.now(),
        confirmed_count=count,
        confirmed_total=total,
    )
    keep_accounts(row)
    record(
        Event.ROUND_PAYMENTS_APPROVED,
        subjects=[Subject("round", str(row.pk))],
        detail={"count": count, "total": total, "run": row.finished_run},
        allowed_by="approve_round",
    )
    return row


def why_stale(round_: PaymentRound) -> str:
    """Why nobody may approve this calculation any more; "" while somebody may, and for a round that is not calculated."""
    if round_.state != State.CALCULATED or round_.calculated_at is None:
        return ""
    return APPROVAL.why_stale(round_.calculated_by, round_.calculated_at)
