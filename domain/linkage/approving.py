"""The list of who is asked what: frozen by one person, looked at and approved by another, then sent and nothing else.

(A prefecture once sent 18,305 notices from a wrong extraction at the board: atena.md 5.3.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage import frozen
from domain.linkage.exchange.adapters import askable_now
from domain.linkage.items import items_on
from domain.linkage.models import Inquiry, TargetLine, TargetList
from domain.linkage.planning import Spared, plan_inquiries

_APPROVE = """
UPDATE linkage_inquiry AS i SET approved_list_id = %s
FROM linkage_targetline AS t
WHERE t.listed_id = %s AND t.spared = '' AND i.fiscal_year = %s AND i.member_id = t.member_id AND i.kind = t.kind
  AND i.base_date = t.base_date AND i.base_address = t.base_address
  AND i.state = 'waiting' AND i.batch_id IS NULL AND i.approved_list_id IS NULL
"""


def propose_targets(fiscal_year: int, user: User) -> TargetList | None:
    """Freeze what waits and is not on an approved list yet. None when there is nothing to ask.

    Raises TargetsRefused while another list waits: two at once would ask the approver the same twice.
    """
    with transaction.atomic():
        plan = plan_inquiries(fiscal_year)
        frozen.refuse_second(TargetList, fiscal_year, lambda old: withdraw_targets(old, user, frozen.UNDECIDED))
        lines = [*_to_ask(fiscal_year)]
        if not lines:
            return None
        lines += _spared(plan.spared)
        listed = TargetList.objects.create(
            fiscal_year=fiscal_year,
            number=frozen.next_number(TargetList, fiscal_year),
            digest=digest_of(lines),
            size=sum(not line.spared for line in lines),
            bases={kind.value: item.basis for kind, item in items_on(fiscal_year, timezone.localdate()).items()},
            proposed_by=user.username,
        )
        for line in lines:
            line.listed = listed
        TargetLine.objects.bulk_create(lines, batch_size=5_000)
        _note(Event.LINKAGE_TARGETS_PROPOSED, listed, {"digest": listed.digest, "lines": listed.size})
    return listed


def approve_targets(listed: TargetList, user: User, digest: str) -> int:
    """Let the lines of this list be sent; returns how many. `digest`: of what the approver saw.

    Raises TargetsRefused: the proposer's own list, decided already, or not the list that was shown. Lines that changed since the
    freezing (another address, no longer needed) are left out and stand in the next list.
    """
    with transaction.atomic():
        current = frozen.locked(listed)
        frozen.require_second_person(current, user, digest, digest_of(current.lines.all()))
        with connection.cursor() as cursor:
            cursor.execute(_APPROVE, [current.pk, current.pk, current.fiscal_year])
            approved: int = cursor.rowcount
        frozen.decide_approved(current, user)
        detail: dict[str, str | int] = {
            "digest": current.digest,
            "lines": approved,
            "changed_since": current.size - approved,
        }
        _note(Event.LINKAGE_TARGETS_APPROVED, current, detail)
    return approved


def withdraw_targets(listed: TargetList, user: User, reason: str) -> None:
    """Take a proposed list back: the proposer's own second thought, or the approver's no. Raises TargetsRefused."""
    with transaction.atomic():
        current = frozen.locked(listed)
        frozen.decide_withdrawn(current, reason)
        _note(Event.LINKAGE_TARGETS_WITHDRAWN, current, {"digest": current.digest, "by": str(user.pk)})


def lets_ask(members: Collection[int]) -> bool:
    """Whether each of these people has an approved line on its way: their 団体内統合宛名番号 may be opened for it."""
    lines = Inquiry.objects.filter(
        member__in=list(members),
        state__in=[Inquiry.State.WAITING, Inquiry.State.SENT],
        batch__isnull=False,
        approved_list__state=TargetList.State.APPROVED,
    )
    return lines.values("member").distinct().count() == len(set(members))


def digest_of(lines: Iterable[TargetLine]) -> str:
    """SHA-256 over all lines in order of person, item and reason, what is not asked included."""
    return frozen.digest_of(_row(line) for line in lines)


def _row(line: TargetLine) -> str:
    day = line.base_date.isoformat() if line.base_date else ""
    return "\t".join([f"{line.member_id:012d}", line.kind, day, line.base_address, line.spared])


def _to_ask(fiscal_year: int) -> Iterator[TargetLine]:
    waiting = Inquiry.objects.filter(
        fiscal_year=fiscal_year,
        state=Inquiry.State.WAITING,
        settlement=Inquiry.Settlement.NONE,
        batch=None,
        approved_list=None,
    )
    if (askable := askable_now()) is not None:  # who waits for the 符号 stands in a later list
        waiting = waiting.filter(member__registration__state__in=askable)
    columns: tuple[str, ...] = ("member_id", "kind", "base_date", "base_address")
    for member, kind, day, address in waiting.order_by("member_id", "kind").values_list(*columns):
        yield TargetLine(member_id=member, kind=kind, base_date=date.fromisoformat(str(day)), base_address=str(address))


def _spared(found: Iterable[Spared]) -> Iterator[TargetLine]:
    for line in found:
        yield TargetLine(member_id=line.member, kind=line.kind.value, spared=line.reason.value)


def _note(event: Event, listed: TargetList, detail: dict[str, str | int]) -> None:
    allowed_by = Permission.APPROVE_INQUIRY if event is Event.LINKAGE_TARGETS_APPROVED else Permission.RUN_LINKAGE
    whole = {"fiscal_year": listed.fiscal_year, "number": listed.number, **detail}
    record(event, subjects=[Subject("target_list", str(listed.pk))], detail=whole, allowed_by=allowed_by.value)
