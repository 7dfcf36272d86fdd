"""The acts: propose a transfer from a workbook, withdraw it, approve it as another person."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actors import subject
from accounts.errors import SamePerson
from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.entries import Subject
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.staffing.errors import TransferRefused
from domain.staffing.models import TransferLine, TransferPlan
from domain.staffing.planning import lines_of, outdated
from domain.staffing.reading import read_transfer
from jobs import services as jobs
from jobs.models import Job

State, Kind = TransferPlan.State, TransferLine.Kind
JOB = "staffing.apply"
APPROVAL = two_person(
    "staffing.transfer",
    "人事異動の承認",
    first=Permission.MANAGE_USERS,
    second=Permission.APPROVE_ACCOUNT,
    again="必要なら、もう一度提案してください。前の提案は、そのときに取りやめになります。",
)


def propose(file_name: str, data: bytes, effective_on: date, by: User) -> TransferPlan:
    """Keep what the workbook would do; nothing of it happens yet. Raises TransferRefused."""
    if effective_on < timezone.localdate():
        raise TransferRefused("異動日が過ぎた日です。今日以後の日を入力してください。")
    digest, people = read_transfer(data, effective_on)
    lines = lines_of(people, effective_on, by)
    plan = TransferPlan(
        file_name=file_name[:200],
        digest=digest,
        effective_on=effective_on,
        proposed_by=by.username,
        proposed_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            APPROVAL.gives_way(TransferPlan.objects.filter(state=State.PROPOSED), withdraw)
            plan.save(force_insert=True)
            for line in lines:
                line.plan = plan
            TransferLine.objects.bulk_create(lines, batch_size=500)
            record(Event.ACCOUNT_TRANSFER_PROPOSED, subjects=_subject(plan), detail=counts(plan))
    except IntegrityError as error:
        raise TransferRefused("承認を待っている人事異動があります。先に承認するか、取りやめてください。") from error
    return plan


def counts(plan: TransferPlan) -> dict[str, int]:
    """How many people of each kind."""
    kinds = list(plan.lines.values_list("kind", flat=True))
    return {kind.value: kinds.count(kind.value) for kind in Kind}


def approve(plan: TransferPlan, by: User) -> Job:
    """As the second person; the job starts. Raises TransferRefused (decided already, errors, day over), SamePerson, RequestStale."""
    with transaction.atomic():
        row = _waiting(plan)
        APPROVAL.require(row.proposed_by, by)
        APPROVAL.require_current(row.proposed_by, row.proposed_at)
        if row.lines.filter(kind=Kind.ERROR).exists():
            raise TransferRefused(
                "誤りのある行があるため承認できません。取りやめて、直したファイルで提案し直してください。"
            )
        if row.effective_on < timezone.localdate():
            raise TransferRefused("異動日が過ぎました。取りやめて、新しい異動日で提案し直してください。")
        if changed := outdated(row.lines.all(), row.effective_on):
            raise TransferRefused(
                f"提案した後に、職員ID {'、'.join(changed[:5])}{f' ほか{len(changed) - 5}人' if len(changed) > 5 else ''} の"
                "登録か役割が変わりました。取りやめて、同じファイルをもう一度提案し、内容を確かめてください。"
            )
        if row.lines.filter(username=by.username).exclude(kind=Kind.UNCHANGED).exists():
            raise SamePerson("自分の異動が含まれているため承認できません。別の人に依頼してください。")
        row.state, row.approved_by, row.approved_at = State.APPROVED, by.username, timezone.now()
        row.save(update_fields=["state", "approved_by", "approved_at"])
        record(Event.ACCOUNT_TRANSFER_APPROVED, subjects=[*_subject(row), subject(by)], detail=counts(row))
        return jobs.start(JOB, {"plan": row.pk}, key=job_key(row), title=f"人事異動（{row.file_name}）")


def withdraw(plan: TransferPlan) -> None:
    """Before it is approved. Raises TransferRefused."""
    with transaction.atomic():
        row = _waiting(plan)
        row.state = State.WITHDRAWN
        row.save(update_fields=["state"])
        record(Event.ACCOUNT_TRANSFER_WITHDRAWN, subjects=_subject(row))


def job_key(plan: TransferPlan) -> str:
    """The key of the job that carries a transfer out."""
    return f"{JOB}:{plan.pk}"


def _waiting(plan: TransferPlan) -> TransferPlan:
    row = TransferPlan.objects.select_for_update().get(pk=plan.pk)
    if row.state != State.PROPOSED:
        raise TransferRefused(f"この人事異動は{row.get_state_display()}です。画面を開き直して確かめてください。")
    return row


def _subject(plan: TransferPlan) -> list[Subject]:
    return [Subject("transfer", str(plan.pk))]
