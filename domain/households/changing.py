"""状況の変更 during the year: a pupil's status from a date, 転出, and putting a mistaken row right.

Rows are added and voided, never edited: payments made with a row can always be explained. A row that a 支弁区分決定 cut off
(`StatusPeriod.BY_DECISION`) follows the change, with the category that it has.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.extras import category_days
from domain.households.models import Member, Pupil, School, StatusPeriod
from domain.households.queries import status_on
from web.dates import to_wareki

FACTS = (
    "department",
    "grade",
    "class_name",
    "seat",
    "attendance",
    "physical_multiple",
    "home_visit",
    "institution_aid",
)
"""What a row says of the pupil, but for the category, which only decisions write."""
LEFT = StatusPeriod.Attendance.LEFT


class StatusRefused(ValueError):
    """`households.status-refused`: why the history cannot be changed so, and what to do."""

    identifier = "households.status-refused"


@transaction.atomic
def change_status(pupil: Pupil, starts_on: datetime.date, facts: Mapping[str, Any], reason: str) -> StatusPeriod:
    """A row from that day on; the category goes on as it is. Raises StatusRefused."""
    pupil = _locked(pupil)
    _require_enrolled(pupil, starts_on)
    before = status_on(pupil, starts_on)
    if before is None:
        raise StatusRefused("この日より前の状況がありません。更新日を確かめてください。")
    if before.starts_on == starts_on and before.reason != StatusPeriod.BY_DECISION:
        raise StatusRefused(
            f"{to_wareki(starts_on)}からの状況はすでにあります。誤りなら、その行の「直す」から新しい行に替えてください。"
        )
    if before.starts_on == starts_on:
        _void(before, reason)
    made = _add(pupil, starts_on, dict(facts), before.category, reason)
    _carry(pupil, made)
    _record(pupil, "changed", starts_on)
    return made


@transaction.atomic
def correct_status(period: StatusPeriod, facts: Mapping[str, Any], reason: str) -> StatusPeriod:
    """Another row in the place of a mistaken one, from the same day. Raises StatusRefused."""
    pupil, period = _both_locked(period)
    if period.attendance == LEFT:
        raise StatusRefused("転出の行は直せません。取り消してから、正しい日で転出を記録してください。")
    _void(period, reason)
    made = _add(pupil, period.starts_on, dict(facts), period.category, reason)
    _carry(pupil, made)
    _record(pupil, "corrected", period.starts_on)
    return made


@transaction.atomic
def withdraw_status(period: StatusPeriod, reason: str) -> None:
    """A row that should not be: what held before it goes on. Raises StatusRefused."""
    pupil, period = _both_locked(period)
    before = status_on(pupil, period.starts_on - datetime.timedelta(days=1))
    if before is None:
        raise StatusRefused("はじめの行は取り消せません。誤りは「直す」から新しい行に替えてください。")
    if period.reason == StatusPeriod.BY_DECISION:
        raise StatusRefused(
            "支弁区分の決定で分かれた行は取り消せません。区分を変えるには、調書から再判定をしてください。"
        )
    _void(period, reason)
    if period.attendance == LEFT:
        pupil.left_on = None
        pupil.save(update_fields=["left_on", "updated_at"])
    elif period.category != before.category:  # a decision that began on the very day stays
        before = _add(pupil, period.starts_on, _facts(before), period.category, StatusPeriod.BY_DECISION)
    _carry(pupil, before)
    if period.attendance == LEFT:
        _lay_decisions(pupil, before)
    _record(pupil, "withdrawn", period.starts_on)


@transaction.atomic
def leave(pupil: Pupil, last_day: datetime.date, reason: str) -> StatusPeriod:
    """転出: `last_day` is the last of attendance, 転出済 holds from the day after. Raises StatusRefused."""
    pupil = _locked(pupil)
    if pupil.left_on is not None:
        raise StatusRefused(f"{to_wareki(pupil.left_on)}に転出しています。誤りなら、転出の行を取り消してください。")
    _require_enrolled(pupil, last_day)
    first = last_day + datetime.timedelta(days=1)
    holding = status_on(pupil, last_day)
    if holding is None:
        raise StatusRefused("この日より前の状況がありません。転出日を確かめてください。")
    later = StatusPeriod.objects.filter(pupil=pupil, starts_on__gte=first)
    for row in later.exclude(reason=StatusPeriod.BY_DECISION)[:1]:
        raise StatusRefused(
            f"{to_wareki(row.starts_on)}からの状況があります。それを取り消してから転出を記録してください。"
        )
    for row in later:
        _void(row, reason)
    pupil.left_on = last_day
    pupil.save(update_fields=["left_on", "updated_at"])
    facts = _facts(holding) | {"attendance": LEFT, "home_visit": False, "institution_aid": False}
    made = _add(pupil, first, facts, None, reason)
    _record(pupil, "left", first)
    return made


@transaction.atomic
def enrol(
    member: Member, school: School, student_number: str, first_day: datetime.date, facts: Mapping[str, Any], reason: str
) -> Pupil:
    """転入: a member's enrolment at a school; the category decided for the member goes on. Raises StatusRefused."""
    if Pupil.objects.filter(school=school, student_number=student_number).exists():
        raise StatusRefused(f"学籍番号 {student_number} は、{school.name}ですでに使われています。")
    earlier = list(Pupil.objects.select_for_update().filter(member=member).order_by("enrolled_on"))
    for one in earlier:
        if one.left_on is None or one.left_on >= first_day:
            raise StatusRefused(
                "前の学校に在籍したままです。先に、前の学校で転出を記録してください（転入日は転出日の翌日以後）。"
            )
    pupil = Pupil.objects.create(
        school=school,
        member=member,
        student_number=student_number,
        name=member.name,
        kana=member.kana,
        enrolled_on=first_day,
    )
    first = _add(pupil, first_day, dict(facts), _last_category(earlier, first_day), reason)
    _lay_decisions(pupil, first)
    _record(pupil, "enrolled", first_day)
    return pupil


def _last_category(earlier: list[Pupil], day: datetime.date) -> int | None:
    """Of the member's last row of the same fiscal year that says one."""
    first = datetime.date(day.year if day.month >= 4 else day.year - 1, 4, 1)
    rows = StatusPeriod.objects.filter(pupil__in=earlier, starts_on__lte=day).exclude(attendance=LEFT)
    stays = [one.pk for one in earlier if one.left_on is None or one.left_on >= first]
    return rows.filter(pupil__in=stays).order_by("-starts_on").values_list("category", flat=True).first()


def _carry(pupil: Pupil, source: StatusPeriod) -> None:
    """Rows that decisions cut off after `source` take its facts, up to the next row that a person wrote."""
    for row in StatusPeriod.objects.filter(pupil=pupil, starts_on__gt=source.starts_on).order_by("starts_on"):
        if row.reason != StatusPeriod.BY_DECISION:
            return
        if _facts(row) != _facts(source):
            _void(row, source.reason or StatusPeriod.BY_DECISION)
            _add(pupil, row.starts_on, _facts(source), row.category, StatusPeriod.BY_DECISION)


def _lay_decisions(pupil: Pupil, source: StatusPeriod) -> None:
    """Decisions that begin after `source`, on which no row begins: rows of the pupil that others voided or never wrote."""
    for day, category in category_days(pupil.pk):
        holding = status_on(pupil, day) if day > source.starts_on else None
        if holding is not None and holding.starts_on < day and holding.attendance != LEFT:
            _add(pupil, day, _facts(holding), category, StatusPeriod.BY_DECISION)


def _facts(period: StatusPeriod) -> dict[str, Any]:
    return {name: getattr(period, name) for name in FACTS}


def _add(
    pupil: Pupil, starts_on: datetime.date, facts: dict[str, Any], category: int | None, reason: str
) -> StatusPeriod:
    by = current_actor().name
    return StatusPeriod.objects.create(
        pupil=pupil, starts_on=starts_on, category=category, recorded_by=by, reason=reason.strip(), **facts
    )


def _void(period: StatusPeriod, reason: str) -> None:
    period.voided_at, period.voided_by = timezone.now(), current_actor().name
    period.void_reason = reason.strip()
    period.save(update_fields=["voided_at", "voided_by", "void_reason"])


def _require_enrolled(pupil: Pupil, day: datetime.date) -> None:
    if day < pupil.enrolled_on:
        raise StatusRefused(f"転入学日（{to_wareki(pupil.enrolled_on)}）より前の日にはできません。")
    if pupil.left_on is not None and day > pupil.left_on:
        raise StatusRefused(f"転出日（{to_wareki(pupil.left_on)}）より後の日にはできません。")


def _locked(pupil: Pupil) -> Pupil:
    return Pupil.objects.select_for_update().get(pk=pupil.pk)


def _both_locked(period: StatusPeriod) -> tuple[Pupil, StatusPeriod]:
    pupil = Pupil.objects.select_for_update().get(pk=period.pupil_id)
    period = StatusPeriod.everything.get(pk=period.pk)
    if period.voided_at is not None:
        raise StatusRefused("この行はすでに取り消されています。画面を開き直してください。")
    return pupil, period


def _record(pupil: Pupil, act: str, day: datetime.date) -> None:
    subjects = [Subject("pupil", str(pupil.pk)), Subject("school", str(pupil.school_id))]
    record(Event.HOUSEHOLD_STATUS_CHANGED, subjects=subjects, detail={"act": act, "from": day.isoformat()})
