"""Listens to log-ins, revealed numbers and changes of accounts, asks the rules, and raises alerts in the transaction of the act.

A rule that fails must not keep people from their work, and must not fail in silence either: its part of the transaction is
undone, the act is noted as unjudged, and one alert a day says that people have to look instead. Console log-ins are not
watched here: a prefecture's calendar says nothing about the operator.
"""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import DatabaseError, transaction

from accounts.hooks import FactorChanged, LoginSeen, NotMeReported, NumberInFile, RevealSeen, RoleGiven
from accounts.models import User
from audit.detection.registry import WATCH_FAILED, rules_for, title_of
from audit.detection.rules import Act, ActKind, Outcome, Rule
from audit.detection.telling import Unjudged, note, note_failure, tell
from audit.review.raising import Finding
from tenants.core.context import current_prefecture

logger = logging.getLogger(__name__)

NO_SESSION = UUID(int=0)
"""What the vault names when a number is shown outside any session."""


def login_seen(seen: LoginSeen) -> None:
    session = str(seen.session_id)
    if current_prefecture() is not None:
        watch(Act(ActKind.LOGIN, seen.at, _username(seen.user_id), session, reference=session))


def reveal_seen(seen: RevealSeen) -> None:
    """All numbers shown in one session are one alert; outside any session each is its own."""
    if current_prefecture() is not None:
        has_session = seen.session_id not in ("", str(NO_SESSION))
        reference = seen.session_id if has_session else f"{seen.subject}:{seen.at.isoformat()}"
        watch(Act(ActKind.REVEAL, seen.at, _username(seen.user_id), seen.session_id if has_session else "", reference))


def not_me_seen(reported: NotMeReported) -> None:
    session = str(reported.session_id)
    if current_prefecture() is not None:
        watch(Act(ActKind.DISOWNED, reported.at, _username(reported.user_id), session, reference=session))


def factor_change_seen(changed: FactorChanged) -> None:
    """Each change is an alert of its own: it has no session, and a second one must not hide behind the first."""
    if current_prefecture() is not None:
        username = _username(changed.user_id)
        reference = f"{username}:{changed.what}:{changed.at.isoformat()}"
        approved = changed.is_approved
        watch(Act(ActKind.FACTOR_CHANGE, changed.at, username, "", reference, what=changed.what, is_approved=approved))


def role_given_seen(given: RoleGiven) -> None:
    if current_prefecture() is not None:
        by = _username(int(given.by)) if given.by.isdigit() else ""
        username, reference = _username(given.user_id), str(given.assignment_id)
        approved = given.is_approved
        watch(Act(ActKind.ROLE_GIVEN, given.at, username, "", reference, what=given.role, by=by, is_approved=approved))


def number_in_file_seen(found: NumberInFile) -> None:
    """One alert for each refused file."""
    if current_prefecture() is not None:
        watch(Act(ActKind.NUMBER_IN_FILE, found.at, _username(found.user_id), "", found.reference, what=found.what))


def watch(act: Act) -> None:
    """Ask every rule of this kind of act. Never raises for a rule's own failure."""
    for rule in rules_for(act.kind):
        try:
            with transaction.atomic():
                _apply(rule, act)
        except Exception as error:  # a rule may fail in any way; none of them may stop the log-in
            _failed(rule, act, error)


def _apply(rule: Rule, act: Act) -> None:
    result = rule.evaluate(act)
    match result.outcome:
        case Outcome.FIRED | Outcome.REPORTED:
            tell(
                rule,
                Finding(rule.key(act), rule.id, act.username, act.session, act.at, result.sentence, result.detail),
                is_report=result.outcome is Outcome.REPORTED,
            )
        case Outcome.NOT_EVALUABLE:
            note(_unjudged(rule, act), result.sentence)


def _failed(rule: Rule, act: Act, error: Exception) -> None:
    try:
        note_failure(_unjudged(rule, act), error)
    except DatabaseError as trouble:
        logger.critical("watch: %s could not even be noted (%s)", title_of(WATCH_FAILED), type(trouble).__name__)


def _unjudged(rule: Rule, act: Act) -> Unjudged:
    detail = {"act": act.kind.value}
    return Unjudged(rule, rule.key(act), act.username, act.at, act.kind.label, act.session, detail)


def _username(user_id: int) -> str:
    return str(User.objects.values_list("username", flat=True).filter(pk=user_id).first() or "")
