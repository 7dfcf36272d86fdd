"""How many alerts honest log-ins and acts raise in a month: offices of thirty over a year, every rule asked that is not about records.

Two processes share the offices. What is about opened records, and why, is measured in seasons of work (`explaining`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime

import numpy as np

from audit.detection.calendar import TOKYO
from audit.detection.logins.learning import MONTH
from audit.detection.outside_hours import RULE as OUTSIDE
from audit.detection.registry import ALL_RULES
from audit.detection.unusual_login import RULE as UNUSUAL
from audit.detection.unusual_login import STANDARD, within_budget
from ops.bench.watch.acts import days
from ops.bench.watch.asking import ASKED_HERE, REPORTED, Asking
from ops.bench.watch.attacks import A_DAY
from ops.bench.watch.deciding import Watch
from ops.bench.watch.finding import is_outside
from ops.bench.watch.office import Visit, office
from ops.bench.watch.rows import Row
from ops.bench.watch.statistics import RESAMPLES, Estimate

LOGIN_OFFICES, ACT_OFFICES = 6, 20
"""Learning each night costs most, so fewer offices are asked about log-ins."""

WARM, MONTHS, MONTH_DAYS, PROCESSES = 85, 12, 30, 2
"""Days before the first counted one, from which is learnt; then twelve months of thirty days, from the last day of March on."""

Counts = list[Counter[str]]
"""Of each month: alerts by rule."""


def measure() -> list[Row]:
    with ProcessPoolExecutor(PROCESSES) as pool:
        of_logins = list(pool.map(logins_of, range(LOGIN_OFFICES)))
        of_acts = list(pool.map(acts_of, range(ACT_OFFICES)))
    return [*_rows("log-ins", of_logins, {OUTSIDE.id, UNUSUAL.id}), *_rows("other acts", of_acts, set(ASKED_HERE))]


def _rows(what: str, offices: Sequence[Counts], rules: set[str]) -> list[Row]:
    found = by_rule([[office[month] for office in offices] for month in range(MONTHS)], [1 / MONTHS] * MONTHS)
    months = f"{len(offices) * MONTHS} months of offices of 30 people, honest ones only"
    return table(f"alerts of {what} a tenant-month ({months})", found, rules)


def table(title: str, found: Mapping[str, Estimate], rules: set[str]) -> list[Row]:
    """All of them together, which count in the sum; and each rule, in the order of the registry."""
    whole = found.get(ALL, NOTHING)
    told = [Row(title, f"{whole.value:.2f}", f"{whole.low:.2f}–{whole.high:.2f}", alerts=whole)]
    for rule in (rule for rule in ALL_RULES if rule.id in rules):
        one, reported = found.get(rule.id, NOTHING), found.get(f"{rule.id}{REPORTED}", NOTHING)
        also = f", and {reported.value:.2f} reported" if reported.value else ""
        interval = f"{one.low:.2f}–{one.high:.2f}" if one.value else ""
        told.append(Row(f"— `{rule.id}` {rule.title}", f"{one.value:.2f}{also}", interval))
    return told


ALL = ""
NOTHING = Estimate(0.0, 0.0, 0.0, (0.0,))


def by_rule(strata: Sequence[Sequence[Counter[str]]], weights: Sequence[float]) -> dict[str, Estimate]:
    """Of each rule, and of all alerts together: Σ weight · mean of the stratum, with an interval over its members drawn anew."""
    chance = np.random.default_rng(23)
    drawn = [chance.integers(len(some), size=(RESAMPLES, len(some))) for some in strata]
    rules = {rule for some in strata for one in some for rule in one}

    def estimate(count: Sequence[Sequence[float]]) -> Estimate:
        values = [np.array(some) for some in count]
        value = sum(weight * some.mean() for weight, some in zip(weights, values, strict=True))
        again = sum(w * some[places].mean(axis=1) for w, some, places in zip(weights, values, drawn, strict=True))
        low, high = np.quantile(again, [0.025, 0.975])
        return Estimate(float(value), float(low), float(high), tuple(np.asarray(again).tolist()))

    found = {rule: estimate([[float(one[rule]) for one in some] for some in strata]) for rule in sorted(rules)}
    told = {rule for rule in rules if not rule.endswith(REPORTED)}
    return found | {ALL: estimate([[float(sum(one[rule] for rule in told)) for one in some] for some in strata])}


def logins_of(seed: int) -> Counts:
    """Honest log-ins alone, learnt anew each night: outside the hours without a notice, and unusual ones."""
    visits = office(2_000 + seed, days=WARM + MONTHS * MONTH_DAYS)
    first = visits[0].login.seconds
    found: Counts = [Counter() for _ in range(MONTHS)]
    for day in range(WARM, WARM + MONTHS * MONTH_DAYS):
        found[(day - WARM) // MONTH_DAYS].update(_of_a_day(visits, first + day * A_DAY))
    return found


def _of_a_day(visits: Sequence[Visit], start: int) -> Counter[str]:
    past = [one.login for one in visits if one.login.seconds < start]
    now = [one for one in visits if start <= one.login.seconds < start + A_DAY]
    if not now:
        return Counter()
    threshold = within_budget(STANDARD, sum(start - one.seconds < MONTH for one in past))
    unusual = Watch(past, when=start).together_of([one.login for one in now]) <= threshold
    outside = sum(is_outside(one.login) and not one.has_notice for one in now)
    return Counter({UNUSUAL.id: int(unusual.sum()), OUTSIDE.id: outside})


def acts_of(seed: int) -> Counts:
    """Everything else that honest people do (`acts`), asked day by day."""
    visits = office(1_000 + seed, days=WARM + MONTHS * MONTH_DAYS)
    first = datetime.fromtimestamp(visits[0].login.seconds, TOKYO).date()
    asking, found = Asking(visits), [Counter[str]() for _ in range(MONTHS)]
    for day in days(visits, seed):
        raised, month = asking.day(day), ((day.on - first).days - WARM) // MONTH_DAYS
        if 0 <= month < MONTHS:
            found[month].update(raised)
    return found
