"""What the page of alerts shows, from the month, day and state in its URL."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from audit.detection.registry import ALL_RULES, title_of
from audit.review.models import Alert
from audit.review.moves import next_act
from web.components import Chip
from web.tables import with_parameter

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert for a list or card; never about the one who looks."""

    alert: Alert
    at: datetime
    name: str
    rule: str
    certainty: str
    next_act: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the URL asks for; anything malformed counts as not asked."""

    month: date
    day: date | None
    state: str


def asked_for(parameters: QueryDict) -> Asked:
    today = timezone.localdate()
    found = _MONTH.fullmatch(parameters.get("month", ""))
    month = date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)
    state = parameters.get("state", "")
    return Asked(month, _day(parameters.get("day", ""), month), state if state in Alert.State.values else "")


def narrowed(alerts: list[Alert], asked: Asked) -> list[Alert]:
    """Those of the asked day and state, newest first."""
    return [
        alert
        for alert in reversed(alerts)
        if (not asked.state or alert.state == asked.state)
        and (asked.day is None or timezone.localdate(alert.occurred_at) == asked.day)
    ]


def line_of(alert: Alert, names: dict[str, str], answering: Container[str]) -> AlertLine:
    """`answering`: 職員ID of those who can be asked."""
    certainties = {rule.id: rule.certainty for rule in ALL_RULES}
    return AlertLine(
        alert,
        timezone.localtime(alert.occurred_at),
        names.get(alert.username, alert.username),
        title_of(alert.rule),
        certainties.get(alert.rule, "規則が判定できなかったため不明"),
        next_act(alert, has_answerer=alert.username in answering),
    )


def state_chips(parameters: QueryDict, alerts: list[Alert], chosen: str) -> list[Chip]:
    """One chip per state that occurs in the month."""
    present = [state for state in Alert.State if any(alert.state == state for alert in alerts)]
    every: list[Any] = [Chip("すべて", with_parameter(parameters, "state", ""), len(alerts), chosen=not chosen)]
    return every + [
        Chip(
            str(state.label),
            with_parameter(parameters, "state", state.value),
            sum(alert.state == state for alert in alerts),
            chosen=state == chosen,
        )
        for state in present
    ]


def _day(text: str, month: date) -> date | None:
    return month.replace(day=int(text)) if text.isascii() and text.isdigit() and _exists(int(text), month) else None


def _exists(day: int, month: date) -> bool:
    try:
        month.replace(day=day)
    except (ValueError, OverflowError):
        return False
    return True
