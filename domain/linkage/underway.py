"""Every kind of exchange: which job takes its answers in, and which of its lines have no final answer yet."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Model, QuerySet

from domain.households.models import Member
from domain.linkage.models import Batch, CopyLine, HeldInquiry, Inquiry, PersonLine, Registration
from domain.linkage.starting import (
    start_change,
    start_check,
    start_incoming,
    start_inquiry,
    start_provision,
    start_registration,
)
from jobs.models import Job


@dataclass(frozen=True, slots=True)
class Underway:
    """One kind. `collecting` starts (or finds) the job that takes in what came back; `state` is the field that says how far a
    line is, and `waiting` its values without a final answer; `member` leads from a line to its person."""

    collecting: Callable[[Batch], Job]
    lines: type[Model]
    waiting: Collection[str]
    title: Callable[[Any], str]
    state: str = "state"
    member: str = "member"

    def open_of(self, batches: Collection[uuid.UUID]) -> QuerySet[Any]:
        """The lines of these batches that have no final answer."""
        chosen = {"batch__in": batches, f"{self.state}__in": self.waiting}
        return self.lines._default_manager.filter(**chosen)

    def person(self, line: Any) -> Member:
        """Whom a line is about."""
        for step in self.member.split("__"):
            line = getattr(line, step)
        found: Member = line
        return found


def _person_lines(start: Callable[[Mapping[str, str]], Job]) -> Underway:
    return Underway(
        lambda batch: start(batch.operator),
        PersonLine,
        (PersonLine.Result.OPEN,),
        lambda line: str(line.get_kind_display()),
        state="result",
        member="registration__member",
    )


KINDS: Mapping[str, Underway] = {
    Batch.Kind.REGISTER: Underway(
        lambda batch: start_registration(batch.operator),
        Registration,
        (Registration.State.REQUESTED,),
        lambda line: Batch.Kind.REGISTER.label,
    ),
    Batch.Kind.INQUIRE: Underway(
        lambda batch: start_inquiry(batch.fiscal_year, batch.operator),
        Inquiry,
        (Inquiry.State.SENT, Inquiry.State.HELD),
        lambda line: str(line.get_kind_display()),
    ),
    Batch.Kind.PROVIDE: Underway(
        lambda batch: start_provision(batch.operator),
        CopyLine,
        (CopyLine.State.SENT, CopyLine.State.UNKNOWN),
        lambda line: f"{Batch.Kind.PROVIDE.label}（{line.get_act_display()}）",
        member="copy__member",
    ),
    Batch.Kind.UPDATE: _person_lines(start_change),
    Batch.Kind.WITHDRAW: _person_lines(start_change),
    Batch.Kind.CHECK: _person_lines(start_check),
    Batch.Kind.RELEASE: Underway(
        lambda batch: start_incoming(batch.operator),
        HeldInquiry,
        (HeldInquiry.State.SENT,),
        lambda line: f"{Batch.Kind.RELEASE.label}（{line.get_decision_display()}）",
    ),
    Batch.Kind.LIST: Underway(  # a list has no lines of its own: what came with it is an inquiry or a record
        lambda batch: start_incoming(batch.operator),
        HeldInquiry,
        (),
        lambda line: str(Batch.Kind.LIST.label),
    ),
}
"""A kind that is missing here would be sent and never taken in again: a test compares with `Batch.Kind`."""


def start_collecting(batch: Batch) -> Job:
    """The job that takes in what came back for a batch."""
    return KINDS[batch.kind].collecting(batch)


def open_counts(batches: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many lines of each batch have no final answer; one query for each kind."""
    counted: dict[uuid.UUID, int] = {}
    for kind in KINDS.values():
        found = kind.open_of(batches).order_by().values_list("batch").annotate(lines=Count("pk"))
        counted |= {batch: counted.get(batch, 0) + lines for batch, lines in found}
    return counted


def lines_of(batch: Batch) -> QuerySet[Any]:
    """Every line of a batch that has no final answer, with its person."""
    kind = KINDS[batch.kind]
    return kind.open_of([batch.pk]).select_related(f"{kind.member}__household").order_by("pk")


def members_in(batches: Iterable[Batch]) -> list[int]:
    """Ids of everybody these batches are about, whatever became of their lines; each once."""
    found: dict[int, None] = {}
    for batch in batches:
        kind = KINDS[batch.kind]
        lines = kind.lines._default_manager.filter(batch=batch).order_by("pk")
        found |= dict.fromkeys(lines.values_list(f"{kind.member}_id", flat=True))
    return list(found)


def told(batch: Batch, line: Any) -> tuple[str, str, str]:
    """(世帯番号-構成員番号, 内容, 状態) of one line of a batch."""
    kind = KINDS[batch.kind]
    return _key(kind.person(line)), kind.title(line), getattr(line, f"get_{kind.state}_display")()


def _key(member: Member) -> str:
    return f"{member.household.number}-{member.key}"
