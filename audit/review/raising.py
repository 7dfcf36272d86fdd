"""An alert begins: once per act, in the transaction of the act, with its first step and its event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts import actors
from accounts.models import User
from audit.review.deadlines import due_after
from audit.review.models import Alert, AlertStep
from audit.review.moves import FIRST_TERM
from audit.trail.actors import SYSTEM, acting_as
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found. `key` names the act: a second finding with the same key changes nothing."""

    key: str
    rule: str
    username: str
    session: str
    at: datetime
    sentence: str
    detail: Mapping[str, JSON]


def raise_alert(finding: Finding) -> Alert | None:
    """Returns the new alert, or None when the act has one already. From this moment it stands on the monitor's pages.

    Its term runs from now: an act may be found days later (an outage, the night's second look), and nobody is late for that.
    """
    due_at = due_after(timezone.now(), FIRST_TERM)
    values = {
        "rule": finding.rule,
        "username": finding.username,
        "session": finding.session,
        "occurred_at": finding.at,
        "sentence": finding.sentence,
        "detail": dict(finding.detail),
        "due_at": due_at,
    }
    alert, is_new = Alert.objects.get_or_create(key=finding.key, defaults=values)
    if not is_new:
        return None
    AlertStep.objects.create(
        alert=alert, to_state=Alert.State.RAISED, by=SYSTEM.name, text=finding.sentence, due_at=due_at
    )
    with acting_as(SYSTEM):
        detail: dict[str, JSON] = {"規則": finding.rule, "利用": finding.session}
        record(Event.ALERT_RECORD_RAISED, subjects=_subjects(alert), detail=detail)
    return alert


def _subjects(alert: Alert) -> list[Subject]:
    person = User.objects.filter(username=alert.username).first()
    return [Subject("alert", str(alert.pk)), *([actors.subject(person)] if person else [])]
