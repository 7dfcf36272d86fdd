"""How the watch of each prefecture stands, as the platform may know it: counts and ages from the trail, no person, no alert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from audit.trail.vocabulary import Event
from tenants.console.trail_counts import Seal, seals_by_scope, words_by_scope
from tenants.core.models import Prefecture
from web.states import Tone

MONTHLY_BUDGET = 4
"""Alerts a prefecture's people can look at with care in a month; more is noise, and noise is not read."""

SEAL_LATE = timedelta(minutes=5)
_WORDS = (
    Event.ALERT_RECORD_RAISED,
    Event.ALERT_DEADLINE_PASSED,
    Event.ALERT_RECORD_CLOSED,
    Event.INCIDENT_RECORD_OPENED,
    Event.TRAIL_WITNESS_DIFFERED,
    Event.TRAIL_HEAD_FAILED,
)


@dataclass(frozen=True, slots=True)
class Load:
    """This month so far. `seal`: word and tone; `sealed_at` None: nothing was sealed yet."""

    prefecture: Prefecture
    alerts: int
    closed: int
    late: int
    incidents: int
    differed: int
    not_handed: int
    seal: tuple[str, Tone]
    sealed_at: datetime | None

    @property
    def budget(self) -> tuple[str, Tone]:
        over = self.alerts > MONTHLY_BUDGET
        return ("予算を超過", Tone.ATTENTION) if over else ("予算内", Tone.DONE)


def loads(prefectures: Iterable[Prefecture]) -> list[Load]:
    """One for each prefecture, in their order. Raises TrailUnavailable."""
    first = timezone.localdate().replace(day=1)
    words, seals = words_by_scope(first, _WORDS), seals_by_scope()
    return [_load(one, words.get(one.schema_name, {}), seals.get(one.schema_name)) for one in prefectures]


def _load(prefecture: Prefecture, words: Mapping[str, int], seal: Seal | None) -> Load:
    def number(event: Event) -> int:
        return words.get(event.value, 0)

    return Load(
        prefecture=prefecture,
        alerts=number(Event.ALERT_RECORD_RAISED),
        closed=number(Event.ALERT_RECORD_CLOSED),
        late=number(Event.ALERT_DEADLINE_PASSED),
        incidents=number(Event.INCIDENT_RECORD_OPENED),
        differed=number(Event.TRAIL_WITNESS_DIFFERED),
        not_handed=number(Event.TRAIL_HEAD_FAILED),
        seal=_seal(seal),
        sealed_at=seal.sealed_at if seal else None,
    )


def _seal(seal: Seal | None) -> tuple[str, Tone]:
    if seal is None:
        return "記録なし", Tone.EMPTY
    if seal.waiting_since is not None and timezone.now() - seal.waiting_since > SEAL_LATE:
        return "封印の遅れ", Tone.ATTENTION
    return "封印済", Tone.DONE
