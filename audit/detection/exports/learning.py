"""Each night: how much people of each role took out on a day, over a year and a month (a season comes once a year)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from audit.detection.calendar import local
from audit.detection.exports.usual import ExportDay, learn
from audit.review.models import Alert
from audit.trail.actors import bare_roles
from audit.trail.counting import taken_out_between
from web.moments import start_of

EXPORTS = "exports"
"""Under which key of the organisation's habits."""

DAYS_BACK = 400
RULE = "export_size"


def usual_exports(now: datetime) -> dict[str, Any]:
    """By role, until the day before. Raises TrailUnavailable.

    Sessions that were judged 目的外 or なりすまし teach nothing, and those that this rule told of teach nothing until people have
    judged them: what was too much once must not make the second time usual.
    """
    until = start_of(local(now).date())
    found = taken_out_between(until - timedelta(days=DAYS_BACK), until, _no_teachers())
    return learn(ExportDay(one.person, bare_roles(one.role), one.rows, one.files) for one in found)


def _no_teachers() -> list[str]:
    bad = Alert.objects.filter(verdict__in=(Alert.Verdict.MISUSE, Alert.Verdict.IMPOSTOR))
    waiting = Alert.objects.filter(rule=RULE, verdict="")
    return list((bad | waiting).exclude(session="").values_list("session", flat=True).distinct())
