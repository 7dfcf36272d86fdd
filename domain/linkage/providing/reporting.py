"""端末での削除: one person reports that copies were deleted at the terminal of 中間サーバー, another one looks and confirms it.

What is believed to be deleted is never asked for again: a copy that still stands there would go on answering others. So one
person's word is not enough, as it is not for sending the deletion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import may
from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.entries import JSON
from audit.trail.parts import record_parts
from audit.trail.recorder import Subject
from audit.trail.vocabulary import Event
from domain.linkage.errors import SettlementRefused
from domain.linkage.exchange import batches
from domain.linkage.frozen import UNDECIDED
from domain.linkage.models import Copy, CopyLine, CopyList, DeletionReport
from domain.linkage.providing.history import move, note_steps
from domain.linkage.providing.holding import HELD, held_after
from domain.linkage.providing.settling import NO_NOTE, by_hand, for_terminal

State = DeletionReport.State
DELETES = Q(act=CopyLine.Act.DELETE)
NOTED = "端末で削除したと報告（別の人の確認待ち）: "

APPROVAL = two_person(
    "linkage.deletions",
    "端末で削除した副本の確認",
    first=Permission.RUN_LINKAGE,
    second=Permission.APPROVE_INQUIRY,
    refusal="自分の報告は確認できません。別の人が端末で確かめてください。",
    again="端末を確かめて、もう一度報告してください。前の報告は、そのときに取り下げられます。",
    everywhere=True,
    asker="by",
    asked_at="at",
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that nobody decided, as its list's page shows it. `lines`: the first of them."""

    report: DeletionReport
    lines: list[CopyLine]
    stale: str
    may_confirm: bool


def report_line(line: CopyLine, user: User, note: str) -> DeletionReport:
    """This deletion was done at the terminal, or there was no such copy. Raises SettlementRefused."""
    return _report(CopyLine.objects.filter(for_terminal(), DELETES, pk=line.pk), line.listed, user, note)


def report_list(listed: CopyList, user: User, note: str) -> DeletionReport:
    """All deletions of an approved list that the link cannot send were done at the terminal. Raises SettlementRefused."""
    return _report(CopyLine.objects.filter(by_hand(), DELETES, listed=listed), listed, user, note)


def confirm(report: DeletionReport, user: User) -> int:
    """Another person looked at the terminal too: the copies are gone. How many. Raises SettlementRefused."""
    with transaction.atomic():
        current = _open(report)
        if refused := APPROVAL.why_refused(current.by, user):
            raise SettlementRefused(refused)
        if stale := why_stale(current):
            raise SettlementRefused(stale)
        lines = _locked(CopyLine.objects.filter(for_terminal(), DELETES, report=current))
        if len(lines) != current.size:
            raise SettlementRefused("報告した後に明細の状態が変わりました。取り下げて、明細を開いて確かめてください。")
        Copy.objects.bulk_update([held_after(line, "") for line in lines], HELD, batch_size=1_000)
        move(lines, CopyLine.State.ACCEPTED, {line.pk: current.note for line in lines})
        current.state, current.confirmed_by, current.decided_at = State.CONFIRMED, user.username, timezone.now()
        current.save(update_fields=["state", "confirmed_by", "decided_at"])
        detail: dict[str, JSON] = {"act": "done", "lines": len(lines), "reported_by": current.by}
        _record(lines, current.listed, detail, Permission.APPROVE_INQUIRY)
    return len(lines)


def withdraw(report: DeletionReport, user: User, reason: str) -> None:
    """The lines wait at the terminal again. Raises SettlementRefused without a reason, or when it is decided already."""
    if not reason.strip():
        raise SettlementRefused("取り下げる理由を入力してください。")
    with transaction.atomic():
        _withdraw(_open(report), user, reason.strip())


def why_stale(report: DeletionReport) -> str:
    """Why nobody may confirm it any more; "" while somebody may."""
    return APPROVAL.why_stale(report.by, report.at)


def waiting_on(listed: CopyList, user: User) -> list[Waiting]:
    """What waits for the second person on a list."""
    found = []
    for report in listed.deletions.filter(state=State.PROPOSED):
        lines = list(report.lines.select_related("copy__member__household").order_by("pk")[:3])
        stale = why_stale(report)
        seconds = may(user, Permission.APPROVE_INQUIRY) and not APPROVAL.refuses(report.by, user)
        found.append(Waiting(report, lines, stale, may_confirm=seconds and not stale))
    return found


def _report(lines: QuerySet[CopyLine], listed: CopyList, user: User, note: str) -> DeletionReport:
    if not note.strip():
        raise SettlementRefused(NO_NOTE)
    with transaction.atomic():
        reports = DeletionReport.objects.filter(state=State.PROPOSED, pk__in=lines.values("report"))
        APPROVAL.gives_way(reports, lambda report: _withdraw(report, user, UNDECIDED))
        found = _locked(lines)
        free = [line for line in found if line.report is None or line.report.state != State.PROPOSED]
        if not free:
            raise SettlementRefused("端末で削除したと報告できる明細はありません。画面を開き直してください。")
        report = DeletionReport.objects.create(listed=listed, size=len(free), note=note.strip(), by=user.username)
        for line in free:
            line.report = report
        CopyLine.objects.bulk_update(free, ["report"], batch_size=1_000)
        _note_steps(free, f"{NOTED}{report.note}")
        detail: dict[str, JSON] = {"lines": report.size}
        _record(free, listed, detail, Permission.RUN_LINKAGE, Event.LINKAGE_DELETION_REPORTED)
    return report


def _withdraw(current: DeletionReport, user: User, reason: str) -> None:
    lines = _locked(CopyLine.objects.filter(report=current))
    current.state, current.decided_at, current.reason = State.WITHDRAWN, timezone.now(), reason
    current.save(update_fields=["state", "decided_at", "reason"])
    _note_steps(lines, f"端末での削除の報告の取下げ: {reason}")
    allowed_by = Permission.RUN_LINKAGE if may(user, Permission.RUN_LINKAGE) else Permission.APPROVE_INQUIRY
    detail: dict[str, JSON] = {"lines": current.size}
    _record(lines, current.listed, detail, allowed_by, Event.LINKAGE_DELETION_WITHDRAWN)


def _note_steps(lines: Sequence[CopyLine], note: str) -> None:
    """In the history of each, though its state stays."""
    for state in {line.state for line in lines}:
        some = [line for line in lines if line.state == state]
        note_steps(some, state, {line.pk: note for line in some})


def _record(
    lines: Sequence[CopyLine],
    listed: CopyList,
    detail: Mapping[str, JSON],
    allowed_by: Permission,
    event: Event = Event.LINKAGE_PROVISION_SETTLED,
) -> None:
    people = batches.people(sorted({line.copy.member_id for line in lines}))
    about = [Subject("copy_list", str(listed.pk))]
    record_parts(event, people, about=about, detail=detail, allowed_by=allowed_by.value)


def _open(report: DeletionReport) -> DeletionReport:
    current = DeletionReport.objects.select_for_update(of=("self",)).select_related("listed").get(pk=report.pk)
    if current.state != State.PROPOSED:
        raise SettlementRefused(f"この報告は{current.get_state_display()}です。画面を開き直してください。")
    return current


def _locked(lines: QuerySet[CopyLine]) -> list[CopyLine]:
    return list(lines.select_for_update(of=("self",)).select_related("copy", "report").order_by("pk"))
