"""Acts on what the watch compares with: a prefecture's own thresholds, and dated exceptions. Each writes its event."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import actors
from accounts.errors import SamePerson
from accounts.models import User
from audit.detection.errors import ExceptionUnfit, ThresholdUnfit
from audit.detection.models import SignalException, SignalSetting
from audit.detection.registry import ALL_RULES
from audit.detection.rules import Described
from audit.trail.recorder import Subject, record
from audit.trail.screening import NumberInTrail, refuse_numbers
from audit.trail.vocabulary import Event

LONGEST_EXCEPTION = timedelta(days=92)
"""A longer exception would switch a rule off for good; a quarter can be given again."""

RANGE = (0.1, 10.0)
"""A prefecture's own threshold may be so many times the standard: neither deaf nor deafening."""


def described(rule_id: str) -> Described | None:
    return next((rule for rule in ALL_RULES if rule.id == rule_id), None)


def set_threshold(rule: Described, value: float | None, user: User) -> None:
    """The prefecture's own threshold; None: the standard again. Raises ThresholdUnfit."""
    if rule.standard is None:
        raise ThresholdUnfit(f"「{rule.title}」には、団体が変えられる値がありません。")
    least, most = (rule.standard * factor for factor in RANGE)
    if value is not None and not least <= value <= most:
        raise ThresholdUnfit(f"{least:g}から{most:g}までの値にしてください（標準 {rule.standard:g}）。")
    with transaction.atomic():
        if value is None:
            SignalSetting.objects.filter(rule=rule.id).delete()
        else:
            values = {"threshold": value, "updated_by": user.display_name}
            SignalSetting.objects.update_or_create(rule=rule.id, defaults=values)
        record(Event.WATCH_THRESHOLD_CHANGED, detail={"規則": rule.id, "値": "標準" if value is None else f"{value:g}"})


def add_exception(rule_id: str, person: User | None, until: datetime, reason: str, user: User) -> SignalException:
    """From now until a moment the rule raises no alert about the person (None: about anybody but `user`).

    Raises SamePerson for one's own, ExceptionUnfit.
    """
    if person is not None and person.pk == user.pk:
        raise SamePerson
    now = timezone.now()
    if not now < until <= now + LONGEST_EXCEPTION:
        raise ExceptionUnfit(f"例外の期限は、今から{LONGEST_EXCEPTION.days}日以内にしてください。")
    try:
        refuse_numbers(reason, "理由")
    except NumberInTrail as error:
        raise ExceptionUnfit("番号らしい12桁の数字は書けません。") from error
    with transaction.atomic():
        made = SignalException.objects.create(
            rule=rule_id,
            username=person.username if person else "",
            starts_at=now,
            ends_at=until,
            reason=reason,
            created_by=user.display_name,
            author=user.username,
        )
        _record(Event.WATCH_EXCEPTION_ADDED, made, person)
    return made


def end_exception(made: SignalException, user: User) -> None:
    """From now on the rule raises alerts again. Raises SamePerson for one's own."""
    person = User.objects.filter(username=made.username).first()
    if person is not None and person.pk == user.pk:
        raise SamePerson
    with transaction.atomic():
        locked = SignalException.objects.select_for_update().get(pk=made.pk)
        now = timezone.now()
        if locked.ends_at <= now:
            return
        locked.ends_at = max(now, locked.starts_at + timedelta(microseconds=1))
        locked.save(update_fields=["ends_at"])
        _record(Event.WATCH_EXCEPTION_ENDED, locked, person)


def _record(event: Event, made: SignalException, person: User | None) -> None:
    subjects = [Subject("exception", str(made.pk)), *([actors.subject(person)] if person else [])]
    until = timezone.localtime(made.ends_at).isoformat(timespec="minutes")
    record(event, subjects=subjects, detail={"規則": made.rule, "期限": until})
