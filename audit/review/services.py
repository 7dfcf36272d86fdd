"""The acts of the loop. Each locks the alert, checks state and person, appends a step, and writes its event: all or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from accounts.second_person import TwoPersonRule
from accounts.services import disown_session
from audit.detection import disowned
from audit.detection.rules import Act, ActKind
from audit.detection.tuning import ask_exception
from audit.detection.watch import watch
from audit.review.deadlines import due_after
from audit.review.errors import MoveRefused, NoOtherManager
from audit.review.incidents.acts import open_incident
from audit.review.models import Alert, AlertStep
from audit.review.moves import WAYS, Move, Way, possible
from audit.review.people import managers_for, require_handler
from audit.review.texts import clean, require_length
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event

_ANEW: Final = TwoPersonRule(
    "review.verdict",
    "警報の判定の見直し",
    first=Permission.JUDGE_ALERT,
    second=Permission.JUDGE_ALERT,
    refusal="見直しを申し出た本人は判定できません。別の情報セキュリティ管理者に依頼してください。",
    asked_at="",
)
"""Who is the second one. It waits among the alerts, on the pages of all who may judge, and so on no desk of its own."""


def confirm(alert_id: UUID, user: User, note: str = "") -> Alert:
    """担当確認: the monitor has looked at the evidence."""
    return _handle(alert_id, Move.CONFIRM, user, note)


def notify(alert_id: UUID, user: User, note: str = "") -> Alert:
    """管理者へ連絡: names who receives it, never the person it is about. Raises NoOtherManager."""
    with transaction.atomic():
        alert = _locked(alert_id)
        require_handler(alert, user, WAYS[Move.NOTIFY].permission)
        managers = managers_for(alert)
        if not managers:
            raise NoOtherManager
        return _handle(alert_id, Move.NOTIFY, user, f"連絡先: {'、'.join(managers)}。{note.strip()}")


def ask(alert_id: UUID, user: User, question: str) -> Alert:
    """操作者へ照会: the text goes to the person's own page."""
    require_length(question, "照会文")
    return _handle(alert_id, Move.ASK, user, question)


def answer(alert_id: UUID, user: User, *, was_me: bool, reason: str) -> Alert:
    """回答 of the person the alert is about. Who says it was not them has said so of the session as well (これは私ではない): it is an
    alert of its own, teaches nothing, and ends. Raises Alert.DoesNotExist for an alert about somebody else."""
    require_length(reason, "回答")
    with transaction.atomic():
        alert = Alert.objects.select_for_update().get(pk=alert_id, username=user.username)
        said = "本人の操作です。" if was_me else "本人の操作ではありません。"
        if not was_me:
            _disown(alert, user)
        return _move(alert, Move.ANSWER, user, said + clean(reason), {"本人の操作": was_me})


def _disown(alert: Alert, user: User) -> None:
    """An act without a session (a changed authenticator) is told by the alert it has."""
    session = next((one for one in user.session_records.all() if str(one.pk) == alert.session), None)
    if session is not None:
        disown_session(user, session)
    elif alert.rule != disowned.RULE.id:
        watch(Act(ActKind.DISOWNED, timezone.now(), user.username, "", reference=str(alert.pk)))


def judge(
    alert_id: UUID, user: User, verdict: Alert.Verdict, finding: str, *, quiet_until: datetime | None = None
) -> Alert:
    """判定, which the watch learns from.

    目的外の疑い and なりすましの疑い open an incident (漏えい等事案) and end the person's handling of numbers; the log-in teaches
    nothing. 正当・臨時 with `quiet_until` asks a second person for a dated exception. Raises what `tuning.ask_exception` does too.
    """
    require_length(finding, "判定の理由")
    with transaction.atomic():
        alert = _locked(alert_id)
        require_handler(alert, user, WAYS[Move.JUDGE].permission)
        _require_another(alert, user)
        alert.verdict = verdict
        detail: dict[str, JSON] = {"判定": verdict.label, "漏えい等事案の候補": alert.is_incident_candidate}
        judged = _move(alert, Move.JUDGE, user, clean(finding), detail)
        if judged.is_incident_candidate:
            open_incident(judged, user)
        if quiet_until is not None and verdict is Alert.Verdict.ONCE:
            person = None if alert.is_about_office else User.objects.get(username=alert.username)
            ask_exception(alert.rule, person, quiet_until, f"警報の判定「{verdict.label}」による。", user)
        return judged


def reopen(alert_id: UUID, user: User, reason: str) -> Alert:
    """判定の見直し: what was judged is judged anew, by another person. The first verdict stays with its step; until the next the session
    teaches nothing."""
    require_length(reason, "見直しの理由")
    with transaction.atomic():
        alert = _locked(alert_id)
        require_handler(alert, user, WAYS[Move.REOPEN].permission)
        before = alert.get_verdict_display()
        alert.verdict = ""
        return _move(alert, Move.REOPEN, user, clean(reason), {"前の判定": before})


def _require_another(alert: Alert, user: User) -> None:
    """Nobody corrects a verdict alone. Raises SamePerson, for deputies (代決・代理) by the rule of the whole product."""
    asked = alert.steps.filter(from_state__in=WAYS[Move.REOPEN].sources, to_state=WAYS[Move.REOPEN].target).last()
    if asked is None or alert.steps.filter(pk__gt=asked.pk, to_state=Alert.State.JUDGED).exists():
        return
    _ANEW.require(asked.username, user)


def close(alert_id: UUID, user: User, note: str = "") -> Alert:
    """完了."""
    return _handle(alert_id, Move.CLOSE, user, note)


def _handle(alert_id: UUID, move: Move, user: User, text: str) -> Alert:
    with transaction.atomic():
        alert = _locked(alert_id)
        require_handler(alert, user, WAYS[move].permission)
        return _move(alert, move, user, clean(text), {})


def _locked(alert_id: UUID) -> Alert:
    return Alert.objects.select_for_update().get(pk=alert_id)


def _move(alert: Alert, move: Move, user: User, text: str, detail: dict[str, JSON]) -> Alert:
    """The one place where a state changes. Raises MoveRefused."""
    way = WAYS[move]
    before = Alert.State(alert.state)
    if not possible(alert, move):
        raise MoveRefused(way.label, before.label)
    alert.state, alert.due_at = way.target, _due(alert, way)
    alert.save(update_fields=["state", "due_at", "verdict"])
    AlertStep.objects.create(
        alert=alert,
        from_state=before,
        to_state=way.target,
        by=user.display_name,
        username=user.username,
        verdict=alert.verdict if move is Move.JUDGE else "",
        text=text,
        due_at=alert.due_at,
    )
    _record(way.event, alert, detail, way.permission)
    return alert


def _due(alert: Alert, way: Way) -> datetime | None:
    match way.term:
        case None:
            return alert.due_at
        case 0:
            return None
        case days:
            return due_after(timezone.now(), days)


def _record(event: Event, alert: Alert, detail: dict[str, JSON], allowed_by: str) -> None:
    """The texts stay with the alert: the trail says that something was written, not what."""
    record(event, subjects=[Subject("alert", str(alert.pk))], detail=detail, allowed_by=allowed_by, case=str(alert.pk))
