"""文面 of the board on its 決定通知書: which version holds on a day, and how a new one comes to hold (two people)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import two_person
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.reports.errors import WordingRefused
from domain.reports.models import NoticeWording
from domain.statements.models import Determination
from web.dates import to_wareki

State = NoticeWording.State


APPROVAL = two_person(
    "reports.wording",
    "決定通知書の文面の承認",
    first=Permission.EDIT_WORDING,
    second=Permission.APPROVE_WORDING,
    refusal="提案した本人は承認できません。別の承認者に依頼してください。",
    again="必要なら、もう一度提案してください。前の提案は、そのときに取り下げられます。",
    everywhere=True,
)


@dataclass(frozen=True, slots=True)
class Words:
    """What a version says. `sender` and `contact` are printed as they are."""

    instruction: str
    contact: str
    sender: str
    seal_omitted: bool


def approved_versions() -> list[NoticeWording]:
    """Newest first: the first whose day has come holds."""
    return list(NoticeWording.objects.filter(state=State.APPROVED))


def holding(versions: Iterable[NoticeWording], day: date) -> NoticeWording | None:
    """Of `approved_versions()`: the one that holds on `day`; None: nothing was registered for it."""
    return next((version for version in versions if version.starts_on <= day), None)


def lacking_words(fiscal_year: int) -> str:
    """Why notices of the year would be printed without 教示, or ""."""
    versions = approved_versions()
    if holding(versions, timezone.localdate()) is None:
        return "教示文が登録されていません。"
    first = min(version.starts_on for version in versions)
    decided = Determination.objects.filter(statement__fiscal_year=fiscal_year, approved_at__date__lt=first)
    if decided.exists():
        return f"{to_wareki(first)}より前の日付の決定には、教示文が登録されていません。"
    return ""


@transaction.atomic
def propose(words: Words, starts_on: date, user: User) -> NoticeWording:
    """Ask a second person for these words from `starts_on`. Raises WordingRefused."""
    if APPROVAL.gives_way(NoticeWording.objects.filter(state=State.PROPOSED), withdraw):
        raise WordingRefused("承認待ちの文面があります。承認を待つか、取り下げてから提案してください。")
    _check_day(starts_on)
    row = NoticeWording.objects.create(
        starts_on=starts_on,
        instruction=words.instruction.strip(),
        contact=words.contact.strip(),
        sender=words.sender.strip(),
        seal_omitted=words.seal_omitted,
        proposed_by=user.username,
    )
    _record(Event.PRINT_WORDING_PROPOSED, row)
    return row


@transaction.atomic
def approve(row: NoticeWording, user: User) -> NoticeWording:
    """Approve as the second person. Raises WordingRefused, SamePerson, RequestStale."""
    row = _waiting(row)
    APPROVAL.require(row.proposed_by, user)
    APPROVAL.require_current(row.proposed_by, row.proposed_at)
    _check_day(row.starts_on)
    row.state, row.approved_by, row.approved_at = State.APPROVED, user.username, timezone.now()
    row.save(update_fields=["state", "approved_by", "approved_at"])
    _record(Event.PRINT_WORDING_APPROVED, row)
    return row


@transaction.atomic
def withdraw(row: NoticeWording) -> NoticeWording:
    """Take a proposal back. Raises WordingRefused."""
    row = _waiting(row)
    row.state = State.WITHDRAWN
    row.save(update_fields=["state"])
    _record(Event.PRINT_WORDING_WITHDRAWN, row)
    return row


def _waiting(row: NoticeWording) -> NoticeWording:
    held = NoticeWording.objects.select_for_update().get(pk=row.pk)
    if held.state != State.PROPOSED:
        raise WordingRefused(f"この文面は「{held.get_state_display()}」です。一覧を開き直してください。")
    return held


def _check_day(day: date) -> None:
    """A version never begins before one that was approved earlier: history would change."""
    newest = next(iter(approved_versions()), None)
    if newest is not None and day < newest.starts_on:
        raise WordingRefused(
            f"{to_wareki(newest.starts_on)}から適用する文面が承認済みです。それ以後の日を入力してください。"
        )


def _record(event: Event, row: NoticeWording) -> None:
    record(event, subjects=[Subject("wording", str(row.pk))], detail={"starts_on": row.starts_on.isoformat()})
