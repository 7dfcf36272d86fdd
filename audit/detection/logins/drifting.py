"""Whether habits have moved: how unusual the log-ins since the last learning were, kept from night to night.

Each log-in is judged by what was learnt before it, so that nothing has been learnt from it. Only the last ones count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from audit.detection.hours.drift import Drift, drift
from audit.detection.logins.deciding import Known, hour_p_value
from audit.detection.logins.features import Login
from audit.detection.models import Habits

RECENT = "recent_p"
"""Key of the profile: p-values of the hours of the last log-ins, oldest first."""

MOST_RECENT = 60
MOST_OF_EVERYBODY = 400


@dataclass(frozen=True, slots=True)
class Moved:
    """`username`: empty for the whole organisation."""

    username: str
    drift: Drift


def recent_p_values(logins: Sequence[Login]) -> dict[str, list[float]]:
    """Of each person, and of everybody together: what was kept, and the log-ins since. Before the first learning: none."""
    rows = {row.username: row for row in Habits.objects.all()}
    organisation = rows.get(Habits.ORGANISATION)
    if organisation is None or not organisation.sessions:
        return {}
    recent = {username: list(row.profile.get(RECENT, ())) for username, row in rows.items()}
    learnt_at = organisation.learnt_at.timestamp()
    for login in sorted(logins, key=lambda one: one.seconds):
        if login.seconds >= learnt_at:
            at = datetime.fromtimestamp(login.seconds, UTC)
            p_value = round(hour_p_value(Known(rows.get(login.person), organisation), at), 5)
            recent.setdefault(login.person, []).append(p_value)
            recent[Habits.ORGANISATION].append(p_value)
    return {
        username: values[-(MOST_RECENT if username != Habits.ORGANISATION else MOST_OF_EVERYBODY) :]
        for username, values in recent.items()
    }


def drifts() -> list[Moved]:
    """The organisation first, then everybody whose hours have moved, by 職員ID. Empty before the first learning."""
    rows = Habits.objects.order_by("username").values_list("username", "profile")
    judged = [Moved(username, drift(np.array(profile.get(RECENT, ()), dtype=np.float64))) for username, profile in rows]
    return [one for one in judged if one.username == Habits.ORGANISATION or one.drift.has_moved]
