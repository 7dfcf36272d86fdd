"""What becomes of a fired rule: an alert, or a line among the signals seen. And of one that could not judge, or failed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from accounts.text import shortened
from audit.detection import limits
from audit.detection.calendar import local
from audit.detection.models import SignalSeen, Unevaluated
from audit.detection.registry import WATCH_FAILED
from audit.detection.rules import Described
from audit.review.raising import Finding, raise_alert
from audit.trail.entries import JSON

LONGEST = 400
logger = logging.getLogger(__name__)


def tell(rule: Described, finding: Finding, *, is_report: bool = False) -> SignalSeen.Outcome | None:
    """Keep the signal, and raise its alert unless the rule, or this finding, is only reported or an exception is in force.
    None: told before."""
    finding = replace(finding, sentence=shortened(finding.sentence, LONGEST))
    outcome = SignalSeen.Outcome.REPORT if is_report else _outcome(rule, finding)
    values = {
        "rule": finding.rule,
        "username": finding.username,
        "session": finding.session,
        "occurred_at": finding.at,
        "sentence": finding.sentence,
        "outcome": outcome,
    }
    _, is_new = SignalSeen.objects.get_or_create(key=finding.key, defaults=values)
    if not is_new:
        return None
    if outcome is SignalSeen.Outcome.ALERT:
        raise_alert(finding)
    return outcome


def _outcome(rule: Described, finding: Finding) -> SignalSeen.Outcome:
    if rule.is_report:
        return SignalSeen.Outcome.REPORT
    if limits.is_excepted(finding.rule, finding.username, finding.at):
        return SignalSeen.Outcome.EXCEPTED
    return SignalSeen.Outcome.ALERT


@dataclass(frozen=True, slots=True)
class Unjudged:
    """What a rule was asked about and gave no answer to. `key`: noted once; `what`: in words, for people."""

    rule: Described
    key: str
    username: str
    at: datetime
    what: str
    session: str = ""
    detail: Mapping[str, JSON] = field(default_factory=dict)


def note(unjudged: Unjudged, reason: str, *, has_failed: bool = False) -> None:
    """A row in 判定できなかった操作."""
    values = {
        "rule": unjudged.rule.id,
        "username": unjudged.username,
        "occurred_at": unjudged.at,
        "reason": reason,
        "has_failed": has_failed,
    }
    Unevaluated.objects.get_or_create(key=unjudged.key, defaults=values)


def note_failure(unjudged: Unjudged, error: Exception) -> None:
    """Only the error's class is kept, for its text may quote data; one alert a day and rule asks people to look instead."""
    rule, kind = unjudged.rule, type(error).__name__
    logger.error("watch: rule %s failed (%s)", rule.id, kind)
    key = f"{WATCH_FAILED}:{rule.id}:{local(unjudged.at).date()}"
    sentence = (
        f"規則「{rule.title}」が誤り（{kind}）で止まり、{unjudged.what}を判定できませんでした。人が確かめてください。"
    )
    detail = {**unjudged.detail, "rule": rule.id, "error": kind}
    with transaction.atomic():
        note(unjudged, f"規則の誤り（{kind}）", has_failed=True)
        raise_alert(Finding(key, WATCH_FAILED, unjudged.username, unjudged.session, unjudged.at, sentence, detail))
