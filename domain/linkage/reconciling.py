"""照合: of every batch sent in a period, each line must be answered, open, or asked again. What is not is shown as such."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, TextChoices

from domain.linkage.models import (
    Batch,
    CopyLine,
    HeldInquiry,
    Inquiry,
    InquiryStep,
    PersonLine,
    Registration,
    RegistrationStep,
)
from web.moments import start_of

_UNSENT = (Inquiry.State.WAITING, Inquiry.State.SENT)
_OPEN = (Registration.State.REQUESTED.value, Inquiry.State.SENT.value, PersonLine.Result.OPEN.value)
"""The states of a line that is with the other side: of registrations, inquiries, and 異動・廃止・符号の確認."""


@dataclass(slots=True)
class Row:
    """One kind of line: how many stand in which state now, and how many left their batch to be asked again."""

    title: str
    choices: type[TextChoices] = Inquiry.State
    states: Counter[str] = field(default_factory=Counter)
    again: int = 0

    @property
    def by_state(self) -> list[tuple[str, int]]:
        """Words of the states and how many lines stand in each."""
        return [(str(self.choices(name).label), lines) for name, lines in sorted(self.states.items())]

    @property
    def open(self) -> int:
        return sum(self.states[state] for state in _OPEN)

    @property
    def received(self) -> int:
        return self.states.total() - self.open

    @property
    def accounted(self) -> int:
        return self.states.total() + self.again


@dataclass(frozen=True, slots=True)
class Difference:
    """A batch whose lines do not add up to what was sent."""

    sequence: int
    title: str
    sent: int
    accounted: int


@dataclass(frozen=True, slots=True)
class Report:
    """`sent`: lines of the batches as they were counted when they were made. Days are inclusive."""

    first: date
    last: date
    sent: int
    rows: list[Row]
    differences: list[Difference]

    @property
    def balanced(self) -> bool:
        return not self.differences and self.sent == sum(row.accounted for row in self.rows)


def report(first: date, last: date) -> Report:
    """Of the batches sent from `first` to `last`. Eight queries, whatever the size."""
    sent = Batch.objects.filter(sent_at__gte=start_of(first), sent_at__lt=start_of(last + timedelta(days=1)))
    rows = {"register": Row(Batch.Kind.REGISTER.label, Registration.State)}
    rows |= {kind.value: Row(kind.label, PersonLine.Result) for kind in PersonLine.Kind}
    rows |= {kind.value: Row(f"{Batch.Kind.INQUIRE.label} {kind.label}") for kind in Inquiry.Kind}
    rows |= {
        "provide": Row(Batch.Kind.PROVIDE.label, CopyLine.State),
        "release": Row(Batch.Kind.RELEASE.label, HeldInquiry.State),
    }
    by_batch: Counter[UUID] = Counter()
    registered = Registration.objects.filter(batch__in=sent).order_by().values_list("batch", "state")
    for batch, state, lines in registered.annotate(lines=Count("pk")):
        rows["register"].states[state] += lines
        by_batch[batch] += lines
    asked = Inquiry.objects.filter(batch__in=sent).order_by().values_list("batch", "kind", "state")
    for batch, kind, state, lines in asked.annotate(lines=Count("pk")):
        rows[kind].states[state] += lines
        by_batch[batch] += lines
    acted = PersonLine.objects.filter(batch__in=sent).order_by().values_list("batch", "kind", "result")
    for batch, kind, state, lines in acted.annotate(lines=Count("pk")):
        rows[kind].states[state] += lines
        by_batch[batch] += lines
    for name, model in (("provide", CopyLine), ("release", HeldInquiry)):
        found = model._default_manager.filter(batch__in=sent).order_by().values_list("batch", "state")
        for batch, state, lines in found.annotate(lines=Count("pk")):
            rows[name].states[state] += lines
            by_batch[batch] += lines
    for batch, kind, lines in _left(sent):
        rows[kind].again += lines
        by_batch[batch] += lines
    batches = list(sent.order_by("sequence"))
    return Report(first, last, sum(one.size for one in batches), list(rows.values()), _differences(batches, by_batch))


def _left(sent: QuerySet[Batch]) -> Iterable[tuple[UUID, str, int]]:
    """Lines that went back to the queue from these batches: batch, kind, how many."""
    steps = InquiryStep.objects.filter(batch__in=sent, to_state=Inquiry.State.WAITING).exclude(from_state__in=_UNSENT)
    yield from steps.order_by().values_list("batch", "inquiry__kind").annotate(lines=Count("pk"))
    elsewhere = ~Q(batch=F("registration__batch")) | Q(registration__batch=None)
    registered = RegistrationStep.objects.filter(elsewhere, batch__in=sent).order_by().values_list("batch")
    for batch, lines in registered.annotate(lines=Count("registration", distinct=True)):
        yield batch, "register", lines


def _differences(batches: Iterable[Batch], accounted: Mapping[UUID, int]) -> list[Difference]:
    return [
        Difference(one.sequence, one.get_kind_display(), one.size, accounted.get(one.pk, 0))
        for one in batches
        if one.size != accounted.get(one.pk, 0)
    ]
