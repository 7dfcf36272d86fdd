"""What 「情報提供の設定」 took back of lines that did not go out yet: nothing is added while providing is off, nothing deleted for
that reason once it is on again. Such lines are dropped with their history and an event; the next list says what is to be done then.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.trail.parts import record_parts
from audit.trail.vocabulary import Event
from domain.linkage.exchange import batches
from domain.linkage.models import CopyLine, CopyList
from domain.linkage.providing.history import move
from domain.linkage.providing.rules import rules_on

SWITCHED = "「情報提供の設定」が変わったため、送るのを取りやめました。"


def unwanted() -> Q:
    """Lines that the rules of today do not want."""
    return unwanted_when(provided=rules_on(timezone.localdate()).provided)


def unwanted_when(*, provided: bool) -> Q:
    """Lines that are not wanted while copies are provided, or while they are not."""
    off = Q(act=CopyLine.Act.DELETE, cause=CopyLine.Cause.STOPPED)
    return off if provided else ~Q(act=CopyLine.Act.DELETE)


def drop_unwanted() -> int:
    """Drop what was approved and no batch has yet; how many. In the caller's transaction."""
    return drop(CopyLine.objects.filter(batch=None, listed__state=CopyList.State.APPROVED))


def drop(lines: QuerySet[CopyLine]) -> int:
    """Drop what of these lines waits and is not wanted; how many. In the caller's transaction."""
    found = lines.filter(unwanted(), state=CopyLine.State.WAITING).select_for_update(of=("self",))
    dropped = list(found.select_related("copy").order_by("pk"))
    move(dropped, CopyLine.State.DROPPED, {line.pk: SWITCHED for line in dropped})
    _note(dropped)
    return len(dropped)


def _note(lines: Sequence[CopyLine]) -> None:
    if lines:
        people = batches.people(sorted({line.copy.member_id for line in lines}))
        record_parts(Event.LINKAGE_PROVISION_DROPPED, people, detail={"lines": len(lines)})
