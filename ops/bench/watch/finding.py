"""Whether attacks are found: at night, on weekends, by a colleague, and by a thief who knows everything but the hour and desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np

from audit.detection.calendar import TOKYO, Hours, is_inside
from audit.detection.hours.circle import Floats
from audit.detection.logins.features import Login
from ops.bench.watch import false_alarms
from ops.bench.watch.attacks import Moment, intrusions, night, office_hours, weekend
from ops.bench.watch.deciding import Watch, first_and_next
from ops.bench.watch.office import Visit, office
from ops.bench.watch.rows import Row, at_least, told
from ops.bench.watch.statistics import Person, auc, bootstrap, found_at

OFFICES = 6
TRAINED, JUDGED = 30, 60
TARGETED_TRAINED, TARGETED_JUDGED = 39, 20
"""Judged within about two weeks of learning: the product learns each night."""

EACH = 60
STEP_UPS = 0.05
Scores = Callable[[Watch, Sequence[Login]], Floats]


def measure() -> list[Row]:
    offices = [office(seed) for seed in range(OFFICES)]
    nights = _people(offices, night, Watch.hours)
    weekends = _people(offices, weekend, Watch.hours)
    return [
        at_least("night log-in found at realised FPR ≤ 2 %, hour model alone", bootstrap(nights, _at_two), 0.60),
        at_least("the same with calendar and notices", bootstrap(_with_calendar(offices, night), _at_two), 0.95),
        told("weekend log-in found at realised FPR ≤ 2 %, hour model alone", bootstrap(weekends, _at_two)),
        at_least("AUC night, hour model alone", bootstrap(nights, auc), 0.96),
        at_least("AUC weekend, hour model alone", bootstrap(weekends, auc), 0.99),
        told(
            "AUC of a colleague in office hours, hour model alone",
            bootstrap(_people(offices, office_hours, Watch.hours), auc),
        ),
        *false_alarms.measure(),
        *_targeted(offices),
        _leak(offices),
    ]


def _at_two(people: Sequence[Person]) -> float:
    return found_at(people, 0.02)


def _people(
    offices: Sequence[list[Visit]], when: Moment, scores: Scores, trained: int = TRAINED, judged: int = JUDGED
) -> list[Person]:
    """Every person of every office: honest p-values, and those of attacks."""
    found = []
    for seed, visits in enumerate(offices):
        past, following = first_and_next([visit.login for visit in visits], trained, judged)
        watch = Watch(past, following, following[0].seconds)
        victims = sorted({login.person for login in past})
        stolen = intrusions(following, victims, EACH, when, seed)
        found += _by_person(victims, (following, scores(watch, following)), (stolen, scores(watch, stolen)))
    return found


Scored = tuple[Sequence[Login], Floats]


def _by_person(victims: Sequence[str], honest: Scored, stolen: Scored) -> list[Person]:
    def of(victim: str, scored: Scored) -> Floats:
        return np.asarray(scored[1][np.array([login.person == victim for login in scored[0]])], dtype=np.float64)

    return [Person(of(victim, honest), of(victim, stolen)) for victim in victims]


def _with_calendar(offices: Sequence[list[Visit]], when: Moment) -> list[Person]:
    """Outside the hours and without a notice, the calendar speaks before any p-value."""
    found = []
    for seed, visits in enumerate(offices):
        past, following = first_and_next([visit.login for visit in visits], TRAINED, JUDGED)
        notices = {(visit.login.person, visit.login.seconds) for visit in visits if visit.has_notice}
        watch = Watch(past)
        victims = sorted({login.person for login in past})
        stolen = intrusions(following, victims, EACH, when, seed)
        honest = np.where(
            [is_outside(one) and (one.person, one.seconds) not in notices for one in following],
            0.0,
            watch.hours(following),
        )
        attacks = np.where([is_outside(one) for one in stolen], 0.0, watch.hours(stolen))
        found += _by_person(victims, (following, honest), (stolen, attacks))
    return found


def is_outside(login: Login) -> bool:
    return not is_inside(datetime.fromtimestamp(login.seconds, TOKYO), Hours(), ())


def _targeted(offices: Sequence[list[Visit]]) -> list[Row]:
    """By 39 log-ins, as Freeman's attackers of §2.7: right place, right browser, in office hours."""
    people = _people(offices, office_hours, Watch.together_of, TARGETED_TRAINED, TARGETED_JUDGED)
    return [
        at_least(
            f"very targeted account theft, {TARGETED_TRAINED} log-ins: found at ≤ {STEP_UPS:.0%} step-ups",
            bootstrap(people, lambda some: found_at(some, STEP_UPS)),
            0.90,
        )
    ]


def _leak(offices: Sequence[list[Visit]]) -> Row:
    """No single feature may tell attacks from honest log-ins by itself: then the made-up data would give it away."""
    worst = max(
        bootstrap(_people(offices, when, scores), auc).value
        for when, scores in (
            (office_hours, Watch.hours),
            (office_hours, _machine),
            (night, _machine),
            (weekend, _machine),
        )
    )
    return Row(
        "largest AUC of one feature alone (terminal), the sign of a leak", f"{worst:.3f}", "", "≤ .98", worst <= 0.98
    )


def _machine(watch: Watch, logins: Sequence[Login]) -> Floats:
    return -watch.suspicions(logins)
