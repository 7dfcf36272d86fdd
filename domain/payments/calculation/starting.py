"""Asking for a calculation: one run at a time, each with its number and its job."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from audit.trail.actors import current_actor
from domain.payments.errors import RoundClosed
from domain.payments.ledgers import noted
from domain.payments.models import PaymentRound
from domain.payments.rounds.opening import pack_of
from domain.payments.states import State, locked, move
from domain.yearpacks.resolving import keep_used
from jobs import services as jobs
from jobs.models import Job

CALCULATE = "payments.calculate"


def job_key(round_: PaymentRound) -> str:
    """The key of the job of the round's current run."""
    return f"{CALCULATE}:{round_.pk}:{round_.run}"


def job_of(round_: PaymentRound) -> Job | None:
    """The newest job of the round's current run."""
    return jobs.newest(job_key(round_))


@transaction.atomic
def start_calculation(round_: PaymentRound) -> Job:
    """Begin a new run, as the acting person; until it ends the round cannot be approved.

    While a run is under way, and once the round is approved, this gives the job there is. Raises RoundClosed where an
    approved round has none.
    """
    row = locked(round_.pk)
    job = job_of(row)
    if job is not None and (job.is_live or not row.is_open):
        return job
    if not row.is_open:
        raise RoundClosed(row.title)
    row.run += 1
    row.facts = ""
    pack = pack_of(row)
    keep_used(pack)
    row.pack_digest, row.ledgers = pack.digest, noted(pack)
    row.calculated_by = _username()
    row.save(update_fields=["run", "facts", "pack_digest", "ledgers", "calculated_by"])
    if row.state == State.CALCULATED:
        move(row, State.DRAFT, by=current_actor().name, reason="計算し直し")
    return jobs.start(CALCULATE, {"round": row.pk}, key=job_key(row), title=f"支給額の計算（{row.title}）")


def _username() -> str:
    """The acting person's 職員ID; what is no person has none and is named by its kind."""
    actor = current_actor()
    username = User.objects.filter(pk=int(actor.id)).values_list("username", flat=True) if actor.id.isdigit() else []
    return next(iter(username), f"({actor.id})"[:60])
