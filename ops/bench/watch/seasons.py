"""Many honest seasons of work, one after the other, each undone at its end: what rules about opened records tell of them.

Run as processes of their own, beside one another. `season` is the long look at one of them.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ops.demo.environment import set_up


@dataclass(frozen=True, slots=True)
class Honest:
    """`alerts`: of each person (the schools' before the board's), by rule; `days`: working days."""

    alerts: list[dict[str, int]]
    days: int


SPRING, REST = "spring", "rest"
"""Twelve weeks from April, when the year's 調書 are made; and twelve from October, when they are decided."""

AUTUMN = date(2025, 10, 6)


def honest(seed: int, *, is_spring: bool) -> Honest:
    """A season of nobody but honest people. Everything it wrote is taken back."""
    from auditlog.context import disable_auditlog
    from django.db import transaction

    with ExitStack() as stack:
        stack.enter_context(disable_auditlog())
        stack.enter_context(transaction.atomic())
        found = _season(seed, is_spring)
        transaction.set_rollback(True)
    return found


def _season(seed: int, is_spring: bool) -> Honest:
    from audit.detection.calendar import Hours, is_working_day
    from audit.detection.reasons import explained
    from audit.detection.sharing import shared
    from ops.bench.watch.day_alerts import alerts_of, counted
    from ops.bench.watch.desks import board_desk, decided_already, school_desk
    from ops.bench.watch.season import DAYS, OFFICERS, SCHOOLS, START
    from ops.bench.watch.work import a_day

    chance = np.random.default_rng([seed, is_spring, 61])
    schools = [school_desk(chance, 100 * seed + number) for number in range(SCHOOLS)]
    desks = [*schools, *(board_desk(chance, 100 * seed + number, schools) for number in range(OFFICERS))]
    if not is_spring:
        decided_already(schools)
    earlier: dict[bool, dict[str, dict[date, tuple[int, int]]]] = {True: defaultdict(dict), False: defaultdict(dict)}
    alerts: list[Counter[str]] = [Counter() for _ in desks]
    analyse()
    start = START if is_spring else AUTUMN
    working = [day for offset in range(DAYS) if is_working_day(day := start + timedelta(days=offset), Hours())]
    for number, day in enumerate(working):
        if number % 15 == 10:
            analyse()
        with shared():
            for place in chance.permutation(len(desks)):  # nobody is always the first to take what waits
                desk, raised = desks[place], alerts[place]
                if not (opened := a_day(chance, desk, day)):
                    continue
                known = explained(desk.user, [access.subject for access in opened], day) or {}
                norms = earlier[desk.school is None]
                raised.update(alerts_of(opened, day, known, norms))
                norms[desk.user.username][day] = counted(opened, known)
    return Honest([dict(one) for one in alerts], len(working))


def analyse() -> None:
    """One transaction is never looked at by autovacuum, so the planner would take its tables for empty ones."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def main() -> None:
    """`spring:1` and the like as arguments; a list of what each season told, as JSON."""
    set_up(login="owner")
    from ops.bench.database.layout import CODE
    from tenants.core.context import prefecture_context
    from tenants.core.models import Prefecture

    with prefecture_context(Prefecture.objects.get(code=CODE)):
        asked = [argument.split(":") for argument in sys.argv[1:]]
        found = [(window, honest(int(seed), is_spring=window == SPRING)) for window, seed in asked]
    print(json.dumps([{"window": window, "alerts": one.alerts, "days": one.days} for window, one in found]))


if __name__ == "__main__":
    main()
