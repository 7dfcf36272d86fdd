"""What made the watch see or say less within a month: each change with what was and is, who asked and who approved."""

from __future__ import annotations

from datetime import date, datetime

from audit.detection.models import Loosening, SignalException
from audit.review.loosening_words import change_words, exception_words
from audit.review.month_strip import following_month
from audit.review.months.section import Section
from audit.review.people import names_of
from web.formatting import format_moment
from web.moments import start_of


def loosened(month: date) -> Section:
    """In the order of the approvals. One that waits, lapsed or was taken back changed nothing and is not among them. Exceptions are told
    as they are in force, in each month they touch: what was never approved, or otherwise than it stands, is told as that."""
    begins, ends = start_of(month), start_of(following_month(month))
    rows = Loosening.objects.filter(state=Loosening.State.APPROVED, decided_at__gte=begins, decided_at__lt=ends)
    changes = list(rows.exclude(kind=Loosening.Kind.EXCEPTION))
    exceptions = list(
        SignalException.objects.filter(starts_at__lt=ends, ends_at__gt=begins).select_related("loosening")
    )
    asked = [name for row in changes for name in (row.proposed_by, row.decided_by)]
    made = [name for row in exceptions for name in (row.username, row.author, row.approved_by)]
    names = names_of(name for name in (*asked, *made) if name)
    told = [(row.decided_at or begins, row.pk, _change(row, names)) for row in changes]
    told += [(row.starts_at, row.loosening_id, _exception(row, names)) for row in exceptions]
    return Section("見守りを緩めた変更", tuple((words, 1, "件") for _, _, words in sorted(told)))


def _change(row: Loosening, names: dict[str, str]) -> str:
    words = f"{row.get_kind_display()} {change_words(row, names)}"
    return words + _by_two(row.proposed_by, row.decided_by, row.decided_at, names)


def _exception(row: SignalException, names: dict[str, str]) -> str:
    words = f"{Loosening.Kind.EXCEPTION.label} {exception_words(row, names)}"
    doubt = "" if is_as_approved(row) else "▲承認の記録と合わない。"
    return f"{doubt}{words}{_by_two(row.author, row.approved_by, row.starts_at, names)}"


def is_as_approved(row: SignalException) -> bool:
    """Whether two people agreed on it as it stands; one that was ended earlier is."""
    asked = row.loosening
    return (
        asked.kind == Loosening.Kind.EXCEPTION
        and asked.state == Loosening.State.APPROVED
        and (asked.rule, asked.username, asked.words) == (row.rule, row.username, row.words)
        and (asked.proposed_by, asked.decided_by) == (row.author, row.approved_by)
        and asked.ends_at is not None
        and asked.decided_at is not None
        and asked.decided_at <= row.starts_at
        and row.ends_at <= max(asked.ends_at, row.starts_at)
    )


def _by_two(asked: str, approved: str, at: datetime | None, names: dict[str, str]) -> str:
    moment = format_moment(at) if at else ""
    return f"（申請 {names.get(asked, asked)}、承認 {names.get(approved, approved)} {moment}）"
