"""What becomes of a fired rule: an alert, or a line among the signals seen."""

from __future__ import annotations

from dataclasses import replace

from accounts.text import shortened
from audit.detection import limits
from audit.detection.models import SignalSeen
from audit.detection.rules import Described
from audit.review.raising import Finding, raise_alert

LONGEST = 400


def tell(rule: Described, finding: Finding) -> SignalSeen.Outcome | None:
    """Keep the signal, and raise its alert unless the rule only reports or an exception is in force. None: told before."""
    finding = replace(finding, sentence=shortened(finding.sentence, LONGEST))
    outcome = _outcome(rule, finding)
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
