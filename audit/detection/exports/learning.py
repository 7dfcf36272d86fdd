"""Each night: how much people of each role took out on a day, over a year and a month (a season comes once a year)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from audit.detection.calendar import local
from audit.detection.exports.usual import ExportDay, learn
from audit.detection.teaching import unusual
from audit.trail.actors import bare_roles
from audit.trail.counting import taken_out_between
from web.moments import start_of

EXPORTS = "exports"
"""Under which key of the organisation's habits."""

DAYS_BACK = 400


def usual_exports(now: datetime) -> dict[str, Any]:
    """By role, until the day before. Raises TrailUnavailable.

    Sessions with an alert teach nothing before people have judged them 正当・恒常 (`teaching`): what was too much once must not make
    the second time usual.
    """
    until = start_of(local(now).date())
    found = taken_out_between(until - timedelta(days=DAYS_BACK), until, sorted(unusual()))
    return learn(ExportDay(one.person, bare_roles(one.role), one.rows, one.files) for one in found)
