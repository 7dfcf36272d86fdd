"""What a running job is given: its arguments, and the way to report progress and learn whether to go on."""

import time
from collections.abc import Mapping
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from jobs import leases
from jobs.errors import Cancelled, ComeBack, LeaseLost
from jobs.models import Job
from jobs.pace import Pace

SAVE_SECONDS = 2.0


class JobHandle:
    """Held by the one worker whose token stands in the row.

    A job must bear being stopped anywhere and started again: it works in small transactions, finds what is left by
    query or unique constraint, and calls ``advance`` between transactions, more often than the lease is long.
    """

    def __init__(self, job: Job) -> None:
        if job.lease_token is None:
            raise LeaseLost
        self.job_id: UUID = job.pk
        self.args: Mapping[str, Any] = job.args
        self.token: UUID = job.lease_token
        self.attempt: int = job.attempts
        self.quiet_seconds: int = job.quiet_seconds
        self._done, self._total, self._step = job.done, job.total, job.step
        self._pace = Pace(job.done, job.total, job.measured_from, job.measured_since, job.moved_at)
        self._counts: dict[str, int] = dict(job.counts)
        self._saved_at = time.monotonic()

    def advance(self, done: int, total: int | None = None, step: str | None = None) -> None:
        """Report progress. Saved, and the lease renewed, when a step begins or ends, and every two seconds.

        Raises LeaseLost when another worker has the job, Cancelled when somebody asked for it.
        """
        begins = step is not None and step != self._step
        self._done = done
        self._total = total if total is not None or begins else self._total
        self._step = step if step is not None else self._step
        self._pace.note(self._done, self._total)
        if begins or done == self._total or self._is_time():
            self.save()

    def count(self, name: str, n: int = 1) -> None:
        """Add to a result counter shown at the end (``name`` is Japanese). Saved with the next progress.

        A killed worker may lose the counts of its last seconds; where the figure matters, use ``set_count``.
        """
        self._counts[name] = self._counts.get(name, 0) + n

    def set_count(self, name: str, n: int) -> None:
        """Set a result counter to what a query says, so that an interruption cannot falsify it."""
        self._counts[name] = n

    def save(self) -> None:
        """Save progress and renew the lease now. Raises LeaseLost, Cancelled."""
        kept = leases.held(self.job_id, self.token).update(**self.progress(), lease_until=Now() + leases.lease_time())
        if not kept:
            raise LeaseLost
        self._saved_at = time.monotonic()
        if leases.held(self.job_id, self.token).filter(cancel_requested=True).exists():
            raise Cancelled

    def heard(self) -> None:
        """News came: what was counted of the silence before it is forgotten. Saved with the next progress."""
        self.quiet_seconds = 0

    def come_back(self, seconds: float, *, quiet: float = 0.0) -> NoReturn:
        """Leave the slot to others and go on after `seconds`, with another worker perhaps. Call it outside transactions.

        `quiet`: how long this visit waited in its slot without news. ``quiet_seconds`` of the next visit counts both.
        """
        self.quiet_seconds += round(quiet + seconds)
        raise ComeBack(seconds)

    def fence(self) -> None:
        """Inside a transaction: it can only commit while this worker holds the job. Raises LeaseLost.

        For work that no unique constraint protects (files, messages to others). The row stays locked until the end of
        the transaction, so nobody can take the job in between.
        """
        if leases.held(self.job_id, self.token).select_for_update().first() is None:
            raise LeaseLost

    def progress(self) -> dict[str, Any]:
        """The row's columns of progress, as they stand now."""
        shown = {"done": self._done, "total": self._total, "step": self._step, "counts": self._counts}
        return shown | self._pace.columns() | {"quiet_seconds": self.quiet_seconds}

    def _is_time(self) -> bool:
        wait = min(SAVE_SECONDS, settings.JOB_LEASE_SECONDS / 4)
        return time.monotonic() - self._saved_at >= wait
