"""Acts on the calendar: hours, days off, and notices of overtime. Each writes its event in its own transaction."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import actors
from accounts.errors import SamePerson
from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import BY_DEPUTY, acts_only_for
from audit.detection.errors import DayOffThere, NoticeUnfit
from audit.detection.models import DayOff, OvertimeNotice, ServiceHours
from audit.trail.recorder import record
from audit.trail.screening import NumberInTrail, refuse_numbers
from audit.trail.vocabulary import Event

NOTIFIERS = (Permission.APPROVE_DECISION, Permission.JUDGE_ALERT)
"""Who gives a notice for somebody: 承認者 and 情報セキュリティ管理者."""

LONGEST_NOTICE = timedelta(days=31)
"""A longer notice would switch the watch off for good; a month can be given again."""


def put_hours(opens_at: time, closes_at: time, user: User, proposed_by: str = "") -> ServiceHours:
    """The hours of a working day are these from now on; whether one person may is `tuning.set_hours`'s to say."""
    with transaction.atomic():
        before = ServiceHours.objects.select_for_update().filter(pk=ServiceHours.ONLY).first()
        row = before or ServiceHours(pk=ServiceHours.ONLY)
        previous = str(before) if before else "未登録"
        row.opens_at, row.closes_at, row.updated_by = opens_at, closes_at, user.display_name
        row.save()
        record(Event.CALENDAR_HOURS_CHANGED, detail={"変更前": previous, "変更後": str(row)} | _asked_by(proposed_by))
    return row


def add_day_off(day: date, name: str, user: User) -> DayOff:
    """A day off of the prefecture's own. Raises DayOffThere."""
    try:
        with transaction.atomic():
            row = DayOff.objects.create(day=day, name=name, created_by=user.display_name)
            record(Event.CALENDAR_HOURS_CHANGED, detail={"休業日の追加": day.isoformat()})
    except IntegrityError as error:
        raise DayOffThere from error
    return row


def drop_day_off(day: date, proposed_by: str) -> None:
    """The day is one like any other again; asked for by one person and approved by another (`tuning`)."""
    with transaction.atomic():
        DayOff.objects.filter(day=day).delete()
        record(Event.CALENDAR_HOURS_CHANGED, detail={"休業日の取消し": day.isoformat()} | _asked_by(proposed_by))


def notify_overtime(person: User, starts_at: datetime, ends_at: datetime, reason: str, user: User) -> OvertimeNotice:
    """時間外利用届 for another person. What is over already is explained in the answer to its alert, not by a notice.

    Raises SamePerson, NoticeUnfit.
    """
    if person.pk == user.pk:
        raise SamePerson
    if acts_only_for(user, person.username, *NOTIFIERS):
        raise SamePerson(BY_DEPUTY)
    _require_fit(starts_at, ends_at, reason)
    with transaction.atomic():
        notice = OvertimeNotice.objects.create(
            username=person.username, starts_at=starts_at, ends_at=ends_at, reason=reason, approved_by=user.username
        )
        record(Event.CALENDAR_OVERTIME_NOTIFIED, subjects=[actors.subject(person)], detail=_times(notice))
    return notice


def withdraw_notice(notice: OvertimeNotice, user: User) -> None:
    """End a notice from now on. Again, or after its time: nothing happens. Raises SamePerson for one about oneself."""
    if notice.username == user.username:
        raise SamePerson
    now = timezone.now()
    with transaction.atomic():
        live = OvertimeNotice.objects.filter(pk=notice.pk, withdrawn_at=None, ends_at__gt=now)
        if live.update(withdrawn_at=now, withdrawn_by=user.display_name):
            person = User.objects.filter(username=notice.username).first()
            subjects = [actors.subject(person)] if person else []
            record(Event.CALENDAR_OVERTIME_NOTIFIED, subjects=subjects, detail=_times(notice) | {"取下げ": True})


def _asked_by(username: str) -> dict[str, str]:
    return {"申請した人": username} if username else {}


def _require_fit(starts_at: datetime, ends_at: datetime, reason: str) -> None:
    if ends_at <= starts_at:
        raise NoticeUnfit("終了が開始より前です。日時を確かめてください。")
    if ends_at <= timezone.now():
        raise NoticeUnfit("終わった時間の届は出せません。済んだ利用は、警報の照会への回答で説明してください。")
    if ends_at - starts_at > LONGEST_NOTICE:
        raise NoticeUnfit(f"届は{LONGEST_NOTICE.days}日以内にしてください。長くなるときは分けて届け出てください。")
    try:
        refuse_numbers(reason, "理由")
    except NumberInTrail as error:
        raise NoticeUnfit("理由に番号らしい12桁の数字は書けません。言葉で書いてください。") from error


def _times(notice: OvertimeNotice) -> dict[str, str | bool]:
    return {
        "開始": timezone.localtime(notice.starts_at).isoformat(timespec="minutes"),
        "終了": timezone.localtime(notice.ends_at).isoformat(timespec="minutes"),
    }
