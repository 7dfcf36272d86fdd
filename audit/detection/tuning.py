"""Acts on what the watch compares with: a prefecture's own thresholds and hours, and dated exceptions. Each writes its event.

What makes the watch see more is done at once. What makes it see or say less (an exception, a threshold that lets more pass,
longer hours, a day off less, a decoy less) waits for a second person: nobody alone takes an accomplice, or themselves, out of the watch.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import actors
from accounts.errors import SamePerson
from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import BY_DEPUTY, acts_only_for, two_person
from audit.detection import services
from audit.detection.bearing import LONGEST_DAYS, bears
from audit.detection.calendar import MIDNIGHT, Hours
from audit.detection.errors import (
    CanaryWaiting,
    ExceptionUnfit,
    HoursInverted,
    HoursWaiting,
    LooseningClosed,
    ThresholdUnfit,
)
from audit.detection.limits import threshold
from audit.detection.models import DayOff, Loosening, ServiceHours, SignalException, SignalSetting
from audit.detection.outside_hours import RULE
from audit.detection.queries import STANDARD, hours_in_force
from audit.detection.reasons import CANARY
from audit.detection.registry import ALL_RULES
from audit.detection.rules import Described
from audit.trail.recorder import Subject, record
from audit.trail.screening import NumberInTrail, refuse_numbers
from audit.trail.vocabulary import Event
from web.dates import to_wareki
from web.formatting import format_until

LONGEST_EXCEPTION = timedelta(days=LONGEST_DAYS)

RANGE = (0.1, 10.0)
"""A prefecture's own threshold may be so many times the standard: neither deaf nor deafening."""

Kind, State = Loosening.Kind, Loosening.State
APPROVAL = two_person(
    "watch.loosening",
    "見守りを緩める申請の承認",
    first=Permission.JUDGE_ALERT,
    second=Permission.APPROVE_LOOSENING,
    refusal="申請した本人は承認できません。承認者か、別の情報セキュリティ管理者に依頼してください。",
    again="必要なら、もう一度申請してください。前の申請は、そのときに取りやめになります。",
    everywhere=True,
)


RemoveCanary = Callable[[int], str]
"""Takes a decoy household away, in the transaction of the approval; says what was there before. Raises LooseningClosed."""

_remove_canary: list[RemoveCanary] = []


def register_canaries(remove: RemoveCanary) -> None:
    """The room that has the decoys registers in `ready()`, which may run twice."""
    _remove_canary[:] = [remove]


def described(rule_id: str) -> Described | None:
    return next((rule for rule in ALL_RULES if rule.id == rule_id), None)


def set_threshold(rule: Described, value: float | None, user: User) -> Loosening | None:
    """The prefecture's own threshold; None: the standard again. Told what waits for a second person, or None when it holds
    at once. Raises ThresholdUnfit."""
    if rule.standard is None:
        raise ThresholdUnfit(f"「{rule.title}」には、団体が変えられる値がありません。")
    least, most = (rule.standard * factor for factor in RANGE)
    if value is not None and not least <= value <= most:
        raise ThresholdUnfit(f"{least:g}から{most:g}までの値にしてください（標準 {rule.standard:g}）。")
    if rule.loosens(threshold(rule.id, rule.standard), rule.standard if value is None else value):
        asked = Loosening(kind=Kind.THRESHOLD, rule=rule.id, value=value, proposed_by=user.username)
        return _propose(asked, ThresholdUnfit("この規則には、承認待ちのしきい値の変更があります。"))
    with transaction.atomic():
        _put(rule.id, value, user, "")
    return None


def ask_exception(
    rule_id: str, person: User | None, until: datetime, reason: str, user: User, words: str = ""
) -> Loosening:
    """Once approved, and until a moment, the rule raises no alert about the person (None: about anybody but the two); with `words`
    only a reason in these words counts for nothing.

    Raises SamePerson for one's own and for one about whom one only stands in for; ExceptionUnfit.
    """
    if person is not None and person.pk == user.pk:
        raise SamePerson
    if person is not None and acts_only_for(user, person.username, Permission.JUDGE_ALERT):
        raise SamePerson(BY_DEPUTY)
    _require_borne(rule_id, person)
    now = timezone.now()
    if not now < until <= now + LONGEST_EXCEPTION:
        first, last = timezone.localdate(now), timezone.localdate(now + LONGEST_EXCEPTION) - timedelta(days=1)
        raise ExceptionUnfit(
            f"「いつまで」は、{to_wareki(first)}から{to_wareki(last)}までの日を入力してください"
            f"（例外は長くても{LONGEST_EXCEPTION.days}日です）。"
        )
    for field, text in (("reason", reason), ("words", words)):
        try:
            refuse_numbers(text, "理由")
        except NumberInTrail as error:
            raise ExceptionUnfit("番号らしい12桁の数字は書けません。言葉で書いてください。", field) from error
    asked = Loosening(
        kind=Kind.EXCEPTION,
        rule=rule_id,
        username=person.username if person else "",
        ends_at=until,
        words=words,
        reason=reason,
        proposed_by=user.username,
    )
    return _propose(
        asked,
        ExceptionUnfit(
            "この人のこの規則には、承認待ちの例外があります。「見守りの承認」の画面で確かめてください。", "username"
        ),
    )


def _require_borne(rule_id: str, person: User | None) -> None:
    """Raises ExceptionUnfit; also for what is no rule, like the alert that the watch itself failed."""
    rule = described(rule_id)
    if rule is None or not bears(rule_id, person.username if person else "any"):
        raise ExceptionUnfit("この警報に例外は登録できません。一度でも確かめる必要がある警報です。")
    if not bears(rule_id, person.username if person else ""):
        raise ExceptionUnfit(
            f"「{rule.title}」の例外は、全員については登録できません。一人を選んでください。", "username"
        )


def set_hours(opens_at: time, closes_at: time, user: User) -> Loosening | None:
    """The hours of a working day (`closes_at` 0:00: until 24:00). Told what waits for a second person, because more would be
    inside than now (than the standard hours while there are none); None when it holds. Raises HoursInverted, HoursWaiting."""
    if closes_at != MIDNIGHT and closes_at <= opens_at:
        raise HoursInverted
    with transaction.atomic():
        row = ServiceHours.objects.select_for_update().filter(pk=ServiceHours.ONLY).first()
        now = Hours(row.opens_at, row.closes_at) if row else STANDARD
        if Hours(opens_at, closes_at).within(now):
            services.put_hours(opens_at, closes_at, user)
            return None
        asked = Loosening(kind=Kind.HOURS, rule=RULE.id, opens_at=opens_at, closes_at=closes_at)
        asked.proposed_by = user.username
        return _propose(asked, HoursWaiting())


def ask_day_off_removal(row: DayOff, user: User) -> Loosening:
    """A day off less is a day less of alerts: for a second person. Raises HoursWaiting."""
    asked = Loosening(kind=Kind.DAY_OFF, rule=RULE.id, day=row.day, proposed_by=user.username)
    return _propose(asked, HoursWaiting())


def ask_canary_removal(canary: int, what: str, user: User) -> Loosening:
    """A decoy less is a place less where somebody who walks about is noticed: for a second person. `what`: which one and which are
    left, in words that do not tell the household. Raises CanaryWaiting."""
    asked = Loosening(kind=Kind.CANARY, rule=CANARY, canary=canary, reason=what, proposed_by=user.username)
    return _propose(asked, CanaryWaiting())


def approve(loosening_id: int, user: User) -> Loosening:
    """As the second person; in force from now on. Raises SamePerson (also for one about oneself), RequestStale, LooseningClosed."""
    with transaction.atomic():
        row = _waiting(loosening_id)
        APPROVAL.require(row.proposed_by, user)
        if row.username == user.username:
            raise SamePerson("自分についての例外は承認できません。別の人に依頼してください。")
        if row.username:
            APPROVAL.require(row.username, user)
        APPROVAL.require_current(row.proposed_by, row.proposed_at)
        _decide(row, State.APPROVED, user.username)
        row.before = _put_in_force(row, user)
        row.save(update_fields=["before"])
    return row


def withdraw(loosening_id: int, user: User) -> Loosening:
    """By whoever asked, or by the second person who does not agree. Raises LooseningClosed."""
    with transaction.atomic():
        row = _waiting(loosening_id)
        _withdraw(row, user.username)
    return row


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
        _record_exception(Event.WATCH_EXCEPTION_ENDED, locked, person)


def _propose(asked: Loosening, there_is_one: Exception) -> Loosening:
    try:
        with transaction.atomic():
            APPROVAL.gives_way(_same(asked), lambda row: _withdraw(row, asked.proposed_by))
            asked.save(force_insert=True)
            detail = {"規則": asked.rule, "種類": asked.get_kind_display()}
            record(Event.WATCH_LOOSENING_PROPOSED, subjects=[_subject(asked)], detail=detail)
    except IntegrityError as error:
        raise there_is_one from error
    return asked


def _same(asked: Loosening) -> QuerySet[Loosening]:
    """What waits and was asked for in the same words."""
    same = Loosening.objects.filter(kind=asked.kind, rule=asked.rule, username=asked.username, state=State.PROPOSED)
    return same.filter(day=asked.day, canary=asked.canary)


def _waiting(loosening_id: int) -> Loosening:
    row = Loosening.objects.select_for_update().get(pk=loosening_id)
    if row.state != State.PROPOSED:
        raise LooseningClosed(row.get_state_display())
    return row


def _withdraw(row: Loosening, username: str) -> None:
    _decide(row, State.WITHDRAWN, username)
    record(Event.WATCH_LOOSENING_WITHDRAWN, subjects=[_subject(row)], detail={"規則": row.rule})


def _decide(row: Loosening, state: Loosening.State, username: str) -> None:
    row.state, row.decided_by, row.decided_at = state, username, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])


def _put_in_force(row: Loosening, user: User) -> str:
    """Told what was in force before, in words."""
    before = ""
    if row.kind == Kind.THRESHOLD:
        rule = described(row.rule)
        before = f"{threshold(row.rule, rule.standard if rule and rule.standard is not None else 0.0):g}"
        _put(row.rule, row.value, user, row.proposed_by)
    elif row.opens_at is not None and row.closes_at is not None:
        before = (hours_in_force() or STANDARD).words
        services.put_hours(row.opens_at, row.closes_at, user, row.proposed_by)
    elif row.day is not None:
        services.drop_day_off(row.day, row.proposed_by)
    elif row.canary is not None:
        (remove,) = _remove_canary
        before = remove(row.canary)
    else:
        _except(row)
    return before


def _put(rule_id: str, value: float | None, user: User, proposed_by: str) -> None:
    if value is None:
        SignalSetting.objects.filter(rule=rule_id).delete()
    else:
        values = {"threshold": value, "updated_by": user.display_name}
        SignalSetting.objects.update_or_create(rule=rule_id, defaults=values)
    detail = {"規則": rule_id, "値": "標準" if value is None else f"{value:g}"}
    record(Event.WATCH_THRESHOLD_CHANGED, detail=detail | ({"申請した人": proposed_by} if proposed_by else {}))


def _except(row: Loosening) -> None:
    now = timezone.now()
    if row.ends_at is None or row.ends_at <= now:
        raise LooseningClosed("期限切れ")
    names = dict(User.objects.filter(username=row.proposed_by).values_list("username", "display_name"))
    made = SignalException.objects.create(
        loosening=row,
        rule=row.rule,
        username=row.username,
        starts_at=now,
        ends_at=row.ends_at,
        words=row.words,
        reason=row.reason,
        created_by=names.get(row.proposed_by, row.proposed_by),
        author=row.proposed_by,
        approved_by=row.decided_by,
    )
    _record_exception(Event.WATCH_EXCEPTION_ADDED, made, User.objects.filter(username=row.username).first())


def _record_exception(event: Event, made: SignalException, person: User | None) -> None:
    subjects = [Subject("exception", str(made.pk)), *([actors.subject(person)] if person else [])]
    record(event, subjects=subjects, detail={"規則": made.rule, "期限": format_until(made.ends_at)})


def _subject(row: Loosening) -> Subject:
    return Subject("loosening", str(row.pk))
