"""Opening an incident and reporting it. Each act locks the incident, appends a step and writes its event: all or nothing."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import RoleAssignment, User
from accounts.permissions import Permission
from accounts.roles import Role
from accounts.services.roles import end_role
from audit.review.errors import DayUnfit, MoveRefused
from audit.review.incidents.moves import WAYS, Move
from audit.review.models import Alert, Incident, IncidentStep
from audit.review.people import require_handler
from audit.review.texts import clean, require_length
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event

JUDGE = Permission.JUDGE_ALERT
STOPPED = "個人番号取扱者の役割を止めました。"


def open_incident(alert: Alert, user: User) -> Incident:
    """What a grave verdict does, in its transaction: the clocks begin and the person handles no numbers any more.

    Once for each alert; the same again gives the incident that is there.
    """
    incident, is_new = Incident.objects.get_or_create(alert=alert, defaults={"known_on": timezone.localdate()})
    if not is_new:
        return incident
    frozen = _freeze_numbers(alert)
    _step(incident, "", user, f"判定「{alert.get_verdict_display()}」により始めました。{STOPPED if frozen else ''}")
    _record(Event.INCIDENT_RECORD_OPENED, incident, {"判定": alert.get_verdict_display()})
    if frozen:
        _record(Event.INCIDENT_NUMBERS_FROZEN, incident, {"終えた役割": frozen})
    return incident


def report_preliminary(incident_id: int, user: User, on: date, text: str) -> Incident:
    """速報 was sent on a day. Raises DayUnfit, MoveRefused, TextUnfit, OwnAlert, PermissionRefused."""
    with transaction.atomic():
        incident = _locked(incident_id, user)
        incident.preliminary_on = _day(on, incident.known_on, "速報の日", "知った日")
        return _move(incident, Move.PRELIMINARY, user, text)


def report_final(incident_id: int, user: User, on: date, text: str) -> Incident:
    """確報 was sent on a day. Raises as `report_preliminary`."""
    with transaction.atomic():
        incident = _locked(incident_id, user)
        incident.final_on = _day(on, incident.preliminary_on or incident.known_on, "確報の日", "速報の日")
        return _move(incident, Move.FINAL, user, text)


def waive(incident_id: int, user: User, text: str) -> Incident:
    """報告の対象外: the reason stays with the incident. Raises as `report_preliminary`."""
    with transaction.atomic():
        return _move(_locked(incident_id, user), Move.WAIVE, user, text)


def mark_purpose(incident_id: int, user: User, is_malicious: bool, text: str) -> Incident:
    """Whether 不正の目的 is feared decides the day of the final report. Raises as `report_preliminary`."""
    with transaction.atomic():
        incident = _locked(incident_id, user)
        incident.is_malicious = is_malicious
        said = "不正の目的によるおそれがある。" if is_malicious else "不正の目的によるおそれはない。"
        return _move(incident, Move.MARK, user, said + text, text)


def _locked(incident_id: int, user: User) -> Incident:
    incident = Incident.objects.select_for_update().get(pk=incident_id)
    require_handler(incident.alert, user, JUDGE)
    return incident


def _move(incident: Incident, move: Move, user: User, text: str, reason: str | None = None) -> Incident:
    """The one place where an incident's state changes. Raises MoveRefused."""
    way, before = WAYS[move], Incident.State(incident.state)
    require_length(text if reason is None else reason, "記載")
    if before not in way.sources:
        raise MoveRefused(way.label, before.label, "事案")
    incident.state = way.target or before
    incident.save()
    _step(incident, before, user, clean(text))
    _record(way.event, incident, {"不正の目的": incident.is_malicious})
    return incident


def _step(incident: Incident, before: str, user: User, text: str) -> None:
    IncidentStep.objects.create(
        incident=incident, from_state=before, to_state=incident.state, by=user.display_name, text=text
    )


def _record(event: Event, incident: Incident, detail: dict[str, JSON]) -> None:
    subjects = [Subject("incident", str(incident.pk)), Subject("alert", str(incident.alert_id))]
    record(event, subjects=subjects, detail=detail, allowed_by=JUDGE.value, case=str(incident.alert_id))


def _freeze_numbers(alert: Alert) -> int:
    """End every role of handling numbers the person holds today or later; returns how many."""
    held = RoleAssignment.objects.filter(user__username=alert.username, role=Role.NUMBER_HANDLER)
    standing = [one for one in held if one.ends_on is None or one.ends_on >= timezone.localdate()]
    for assignment in standing:
        end_role(assignment)
    return len(standing)


def _day(on: date, first: date, what: str, first_name: str) -> date:
    if not first <= on <= timezone.localdate():
        raise DayUnfit(f"{what}は、{first_name}から今日までの日付にしてください。")
    return on
