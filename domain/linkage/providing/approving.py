"""副本登録一覧: frozen by one person, approved by another, then sent and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage import frozen
from domain.linkage.errors import TargetsRefused
from domain.linkage.models import Copy, CopyLine, CopyList, Registration
from domain.linkage.providing.figures import Act, Change
from domain.linkage.providing.history import move
from domain.linkage.providing.planning import CopyPlan, Key, plan_copies, registered
from domain.linkage.providing.rules import rules_on
from domain.linkage.providing.stopping import drop_unwanted, unwanted


def propose_copies(fiscal_year: int, user: User) -> CopyList | None:
    """Freeze what differs from what the other side holds, of every year. None when nothing differs.

    Raises TargetsRefused: nothing is provided by the rules of today and no copy is to be deleted, or another list waits.
    """
    rules = rules_on(timezone.localdate())
    with transaction.atomic():
        frozen.refuse_second(CopyList, fiscal_year, lambda old: withdraw_copies(old, frozen.UNDECIDED))
        drop_unwanted()
        plan = plan_copies()
        changes = _not_leaving(plan.changes)
        if not changes and not rules.provided:
            raise TargetsRefused(_nothing_to_delete(plan))
        if not changes:
            return None
        lines = _lines(changes, _copies(changes))
        listed = CopyList.objects.create(
            fiscal_year=fiscal_year,
            number=frozen.next_number(CopyList, fiscal_year),
            digest=digest_of(lines),
            size=len(lines),
            bases={"provision": rules.basis},
            proposed_by=user.username,
        )
        for line in lines:
            line.listed = listed
        CopyLine.objects.bulk_create(lines, batch_size=5_000)
        _note(Event.LINKAGE_PROVISION_PROPOSED, listed, {"lines": listed.size})
    return listed


def approve_copies(listed: CopyList, user: User, digest: str) -> None:
    """Let the lines of this list be sent. `digest`: of what the approver saw. Raises TargetsRefused."""
    with transaction.atomic():
        current = frozen.locked(listed)
        frozen.require_second_person(current, user, digest, digest_of(current.lines.select_related("copy")))
        if current.lines.filter(unwanted()).exists():
            raise TargetsRefused(
                "一覧を確定した後に「情報提供の設定」が変わりました。取り下げて、もう一度確定してください。"
            )
        frozen.decide_approved(current, user)
        _note(Event.LINKAGE_PROVISION_APPROVED, current, {"lines": current.size})


def withdraw_copies(listed: CopyList, reason: str) -> None:
    """Take a proposed list back; its lines come again with the next list. Raises TargetsRefused."""
    with transaction.atomic():
        current = frozen.locked(listed)
        lines = list(current.lines.all())
        frozen.decide_withdrawn(current, reason)
        move(lines, CopyLine.State.DROPPED, {line.pk: reason for line in lines})
        _note(Event.LINKAGE_PROVISION_WITHDRAWN, current, {"lines": current.size})


def digest_of(lines: Iterable[CopyLine]) -> str:
    """SHA-256 over all lines in order of person and year."""
    return frozen.digest_of(_row(line) for line in lines)


def _nothing_to_delete(plan: CopyPlan) -> str:
    """Why there is no list while nothing is provided; a copy that is still there is never kept silent about."""
    if waiting := plan.under_way + plan.refused:
        return (
            f"副本を登録しない設定です。削除できない副本が {waiting:,}件あります"
            f"（送信中・結果不明 {plan.under_way:,}件、登録不可 {plan.refused:,}件）。明細を開いて処理してください。"
        )
    return (
        "副本を登録しない設定で、削除する副本もありません。"
        "登録するときは「情報提供の設定」で、適用開始日と根拠を登録してください。"
    )


def _row(line: CopyLine) -> str:
    who = [f"{line.copy.member_id:012d}", str(line.copy.fiscal_year), str(line.act), str(line.amount)]
    return "\t".join([*who, line.period_from.isoformat(), line.period_to.isoformat(), line.record_number])


def _not_leaving(changes: Mapping[Key, Change]) -> Mapping[Key, Change]:
    """Without what would be added for people whose 廃止 was prepared meanwhile.

    Their rows stay locked until the list stands, as they are while a 廃止 is prepared (`Acting.prepare`) or recorded
    (`record_by_hand`): of the two, the later sees the earlier.
    """
    adding = {member for (member, _), change in changes.items() if change.act is Act.ADD}
    list(Registration.objects.select_for_update().filter(member__in=adding).order_by("pk").values_list("pk"))
    known = registered(adding)
    if known is None:
        return changes
    return {key: change for key, change in changes.items() if change.act is not Act.ADD or key[0] in known}


def _copies(changes: Mapping[Key, Change]) -> dict[Key, Copy]:
    new = [key for key, change in changes.items() if change.act is Act.ADD]
    blank = [Copy(member_id=member, fiscal_year=year) for member, year in new]
    Copy.objects.bulk_create(blank, batch_size=5_000, ignore_conflicts=True)
    found = Copy.objects.filter(member__in={member for member, _ in changes}).select_for_update()
    return {(one.member_id, one.fiscal_year): one for one in found}


def _lines(changes: Mapping[Key, Change], copies: Mapping[Key, Copy]) -> list[CopyLine]:
    return [
        CopyLine(
            copy=copies[key],
            act=change.act.value,
            cause=change.cause.value,
            amount=change.figures.amount,
            period_from=change.figures.period_from,
            period_to=change.figures.period_to,
            record_number=copies[key].record_number,
        )
        for key, change in changes.items()
    ]


def _note(event: Event, listed: CopyList, detail: Mapping[str, JSON]) -> None:
    allowed_by = Permission.APPROVE_INQUIRY if event is Event.LINKAGE_PROVISION_APPROVED else Permission.RUN_LINKAGE
    whole = {"fiscal_year": listed.fiscal_year, "number": listed.number, "digest": listed.digest, **detail}
    record(event, subjects=[Subject("copy_list", str(listed.pk))], detail=whole, allowed_by=allowed_by.value)
