"""What went wrong with single batches in one job: the others have their turn first, then the job says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from domain.linkage.errors import ExchangeStopped, OtherSideAway
from domain.linkage.exchange import batches
from domain.linkage.models import Batch
from domain.vault.services import ListMissing
from integrations.atena_adapters.errors import AtenaError, CommunicationError, ConfigurationInvalid

_WHOLE_LINK = (CommunicationError, ConfigurationInvalid)


@dataclass(slots=True)
class Troubles:
    """`away`: versions of the configuration whose other side did not answer or let us in: nothing else is tried there by this job,
    or each batch would wait for its own time-out. `stuck`: batches that had their turn."""

    away: set[int] = field(default_factory=set)
    stuck: set[UUID] = field(default_factory=set)
    errors: list[Exception] = field(default_factory=list)

    def allow(self, batch: Batch) -> bool:
        return batch.pk not in self.stuck and batch.adapter_version not in self.away

    def note(self, batch: Batch, error: AtenaError) -> None:
        """For people, on the batch; and for the end of the job."""
        with transaction.atomic():
            batches.note_problem(batch, error.message, error.code)
        self.stuck.add(batch.pk)
        if isinstance(error, _WHOLE_LINK):
            self.away.add(batch.adapter_version)
        self.errors.append(_of_job(error))

    def pass_over(self, batch: Batch, error: AtenaError, *, told: bool) -> None:
        """Of a batch that nobody waits for any more: nothing is noted on it. `told`: whether the job says it at its end."""
        self.stuck.add(batch.pk)
        if isinstance(error, _WHOLE_LINK):
            self.away.add(batch.adapter_version)
        if told:
            self.errors.append(_of_job(error))

    def note_without_list(self, batch: Batch, error: ListMissing) -> None:
        """No number of it may be opened before a second person saw whose they are; what other kinds wait for has its turn."""
        with transaction.atomic():
            batches.note_problem(batch, str(error), error.identifier)
        self.stuck.add(batch.pk)
        self.errors.append(error)

    def tell(self) -> None:
        """Raises the first error after which trying again helps, else the first; nothing when all went well."""
        passing = [error for error in self.errors if isinstance(error, OtherSideAway)]
        if self.errors:
            raise (passing or self.errors)[0]


def _of_job(error: AtenaError) -> OtherSideAway | ExchangeStopped:
    return OtherSideAway(error.message) if error.retryable else ExchangeStopped(error.message)
