"""The clocks of an incident remind: whoever reports is told before the last day of a report, and those above when it has passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission
from audit.review.incidents.clocks import clocks_of, next_due
from audit.review.incidents.moves import UNDER_WAY
from audit.review.models import Incident, IncidentReminder, Reminder
from audit.review.people import told_of
from audit.trail.recorder import Entry, Subject, record_many
from audit.trail.vocabulary import Event

FINAL_NEAR = timedelta(days=7)
"""So long before the last day of 確報 it is called near; 速報 from its third day on, the first of 3–5."""

TOLD = frozenset({Permission.JUDGE_ALERT, Permission.MANAGE_USERS, Permission.HANDLE_ALERT})
"""Nobody else is ever told (`told_of`)."""

Kind = Reminder.Kind
_EVENTS = {Kind.NEAR: Event.INCIDENT_TERM_REMINDED, Kind.ESCALATED: Event.INCIDENT_DEADLINE_PASSED}


def remind() -> int:
    """Tell people of reports that are due soon and of those that are late, each day of a report once; returns how many."""
    with transaction.atomic():
        # Others go on with an incident that is locked; the next minute comes.
        found = Incident.objects.filter(state__in=UNDER_WAY).select_related("alert")
        waiting = [*_waiting(found.select_for_update(skip_locked=True, of=("self",)), timezone.localdate())]
        IncidentReminder.objects.bulk_create(waiting)
        record_many([_entry(one) for one in waiting])
    return len(waiting)


def standing_for(user: User) -> list[IncidentReminder]:
    """What the person was told about reports that are still to be made, of each the newest, the graver first."""
    told = IncidentReminder.objects.filter(to__contains=[user.username], incident__state__in=UNDER_WAY)
    newest = {one.incident_id: one for one in told.select_related("incident") if one.due_on == next_due(one.incident)}
    return sorted(newest.values(), key=lambda one: (one.kind, one.due_on))


def _waiting(incidents: Iterable[Incident], today: date) -> Iterator[IncidentReminder]:
    for incident in incidents:
        due, kind = next_due(incident), _kind(incident, today)
        if due is None or kind is None or incident.reminders.filter(kind=kind, due_on=due).exists():
            continue
        permissions = [Permission.JUDGE_ALERT]
        if kind is Kind.ESCALATED:
            permissions.append(Permission.MANAGE_USERS)
        yield IncidentReminder(incident=incident, kind=kind, due_on=due, to=told_of(incident.alert, permissions))


def _kind(incident: Incident, today: date) -> Reminder.Kind | None:
    due = next_due(incident)
    if due is None:
        return None
    near = clocks_of(incident).preliminary_from if incident.state == Incident.State.OPEN else due - FINAL_NEAR
    return Kind.ESCALATED if today > due else Kind.NEAR if today >= near else None


def _entry(reminder: IncidentReminder) -> Entry:
    incident = reminder.incident
    subjects = (Subject("incident", str(incident.pk)), Subject("alert", str(incident.alert_id)))
    return Entry(_EVENTS[Kind(reminder.kind)], subjects, {"状態": str(incident.get_state_display())})
