"""副本 as its pages show it: how far each line is, and the figures of a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from domain.linkage.models import Copy, CopyLine, CopyList, DeletionReport
from domain.linkage.providing.rules import rules_on
from domain.linkage.providing.settling import by_hand

State = CopyLine.State
NARROWED = {
    "attention": ("要対応", Q(state=State.UNKNOWN) | Q(state=State.REFUSED, corrected=False)),
    "approval": ("承認待ち", Q(state=State.WAITING, listed__state=CopyList.State.PROPOSED)),
    "waiting": (State.WAITING.label, Q(state=State.WAITING, listed__state=CopyList.State.APPROVED)),
    "sent": (State.SENT.label, Q(state=State.SENT)),
    "accepted": (State.ACCEPTED.label, Q(state=State.ACCEPTED)),
    "refused": (State.REFUSED.label, Q(state=State.REFUSED)),
    "dropped": (State.DROPPED.label, Q(state=State.DROPPED)),
}
"""What the lines can be narrowed to: word and condition."""


@dataclass(frozen=True, slots=True)
class CopyProgress:
    """`held`: copies the other side holds, with their sum in 円. `sendable`: lines of approved lists not sent yet."""

    held: int
    held_total: int
    sendable: int
    waiting_list: CopyList | None
    counts: Mapping[str, int]


def progress() -> CopyProgress:
    """Four queries, whatever the size."""
    held = Copy.objects.exclude(amount=None).aggregate(count=Count("pk"), total=Sum("amount", default=0))
    counts = {name: Count("pk", filter=condition) for name, (_, condition) in NARROWED.items()}
    approved = Count("pk", filter=Q(state=State.WAITING, batch=None, listed__state=CopyList.State.APPROVED))
    figures = CopyLine.objects.aggregate(sendable=approved, **counts)
    waiting = CopyList.objects.filter(state=CopyList.State.PROPOSED).first()
    return CopyProgress(held["count"], held["total"], figures.pop("sendable"), waiting, figures)


def waiting_for(counts: Mapping[str, int], *, runs: bool, approves: bool) -> str:
    """The narrowing that waits for somebody: what they settle, approve or send, in this order; else what is accepted."""
    theirs = {"attention": runs, "approval": approves, "waiting": runs}
    return next((name for name, mine in theirs.items() if mine and counts[name]), "accepted")


def at_terminal(listed: CopyList) -> int:
    """Deletions of a list that people do at the terminal, because the link cannot, and that nobody reported as done yet."""
    reported = Q(report__state=DeletionReport.State.PROPOSED)
    return listed.lines.filter(by_hand(), act=CopyLine.Act.DELETE).exclude(reported).count()


def held_while_off() -> int:
    """Copies the other side holds although nothing is provided by the rules of today."""
    held = Copy.objects.exclude(amount=None).count()
    return held if held and not rules_on(timezone.localdate()).provided else 0


def copy_lines(narrowed: str) -> QuerySet[CopyLine]:
    """Lines of one narrowing, the newest first."""
    found = CopyLine.objects.filter(NARROWED[narrowed][1]).select_related("copy__member__household", "listed")
    return found.order_by("-pk")


def lines_of(listed: CopyList) -> QuerySet[CopyLine]:
    """Lines of one list in the order of households."""
    found = listed.lines.select_related("copy__member__household")
    return found.order_by("copy__member__household__number", "copy__member__key", "copy__fiscal_year")


def figures_of(listed: CopyList) -> list[tuple[str, int, int]]:
    """By act: its word, how many, and 円 in all. One query."""
    rows = listed.lines.order_by().values_list("act").annotate(lines=Count("pk"), total=Sum("amount"))
    found = {act: (lines, int(total)) for act, lines, total in rows}
    return [(str(act.label), *found[act]) for act in CopyLine.Act if act in found]
