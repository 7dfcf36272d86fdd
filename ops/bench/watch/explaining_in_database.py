"""Run by `explaining` in a process of its own: a season of work, asked day by day why each access was right."""

from __future__ import annotations

import time as clock
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np

from ops.bench.database.layout import CODE
from ops.demo.environment import set_up

if TYPE_CHECKING:
    from ops.bench.watch.work import Desk

SCHOOLS, HOUSEHOLDS, DAYS, BROWSERS = 12, 80, 84, 4
START = date(2025, 5, 7)
DECISIONS = 300


def main() -> None:
    set_up(login="gateway")
    from ops.bench.watch.explaining import dump
    from tenants.core.context import prefecture_context
    from tenants.core.models import Prefecture

    with prefecture_context(Prefecture.objects.get(code=CODE)):
        weeks, accesses = _season()
        print(dump(weeks, accesses, _latency()))


def _season() -> tuple[list[tuple[list[float], list[float]]], list[tuple[bool, bool]]]:
    """Of each clerk the unexplained share of honest and of browsing weeks; of each access (has a reason, is work)."""
    from audit.detection.calendar import Hours, is_working_day
    from audit.detection.reasons import explained
    from ops.bench.watch.work import a_day

    chance = np.random.default_rng(7)
    desks = [_desk(number) for number in range(SCHOOLS)]
    accesses: list[tuple[bool, bool]] = []
    counts: dict[tuple[int, int, bool], list[bool]] = defaultdict(list)
    for offset in range(DAYS):
        day = START + timedelta(days=offset)
        if not is_working_day(day, Hours()):
            continue
        for number, desk in enumerate(desks):
            desk.browses = number < BROWSERS and offset >= DAYS // 2
            opened = a_day(chance, desk, day)
            reasons = explained(desk.clerk, [access.subject for access in opened], day) or {}
            told = [(access.subject in reasons, access.is_work) for access in opened]
            accesses += told
            counts[number, offset // 7, desk.browses] += [not has_reason for has_reason, _ in told]
    return [_weeks(counts, number) for number in range(SCHOOLS)], accesses


def _weeks(counts: dict[tuple[int, int, bool], list[bool]], number: int) -> tuple[list[float], list[float]]:
    def shares(browses: bool) -> list[float]:
        return [float(np.mean(told)) for (who, _, b), told in counts.items() if who == number and b is browses and told]

    return shares(False), shares(True)


def _desk(number: int) -> Desk:
    from accounts import services as accounts
    from accounts.models import User
    from accounts.roles import Role
    from domain.households.models import Household, Member, Pupil, School, StatusPeriod
    from ops.bench.watch.work import Desk, clock_at, homes_of_school

    with clock_at(datetime.fromisoformat("2024-04-01T09:00:00+09:00")):
        school = School.objects.create(code=f"B{number:02}", name=f"サンプル計測校{number}")
        clerk = accounts.create_user(f"bench{number:02}", f"見本 事務{number}")
        accounts.assign_role(clerk, Role.SCHOOL_CLERK, school_code=school.code)
        for place in range(HOUSEHOLDS):
            home = Household.objects.create(
                number=f"B{number:02}{place:03}", guardian_name="見本 太郎", guardian_kana="みほん たろう", address="見本町",
                winter_zone=6, living_cost_grade="1-1",
            )  # fmt: skip
            child = Member.objects.create(
                household=home,
                key="01",
                atena_number=f"B{number:02}{place:03}",
                name="見本 一郎",
                kana="ミホン",
                born=date(2015, 5, 5),
            )
            pupil = Pupil.objects.create(
                school=school,
                member=child,
                student_number=f"{place:03}",
                name="見本 一郎",
                kana="みほん",
                enrolled_on=date(2021, 4, 1),
            )
            StatusPeriod.objects.create(
                pupil=pupil, starts_on=date(2021, 4, 1), department=StatusPeriod.Department.ELEMENTARY, grade=3,
                attendance=StatusPeriod.Attendance.COMMUTER,
            )  # fmt: skip
    return Desk(User.objects.get(pk=clerk.pk), school, homes_of_school(school))


def _latency() -> float:
    """Milliseconds, p95 by the clock: both rows of habits read, decided, put into words."""
    from accounts.models import SessionRecord, User
    from audit.detection.logins.deciding import decide, known
    from audit.detection.logins.learning import learn_habits
    from ops.bench.watch.office import office

    people = {user.username: user for user in User.objects.filter(username__startswith="bench")}
    names = sorted(people)
    visits = office(3, persons=len(names))
    SessionRecord.objects.bulk_create(
        SessionRecord(
            id=uuid4(), user=people[names[int(visit.login.person[1:]) % len(names)]], terminal=visit.login.features["terminal"][:16],
            address="10.20.1.5", agent="Windows Edg/142.0", method="totp", started_at=(began := _moment(visit.login.seconds)),
            last_seen_at=began, ended_at=began + timedelta(hours=1), end_reason="logout",
        )
        for visit in visits
    )  # fmt: skip
    last = _moment(visits[-1].login.seconds)
    learn_habits(last + timedelta(hours=1))
    taken = []
    for number in range(DECISIONS):
        visit, began_at = visits[-1 - number], clock.perf_counter()
        habits = known(names[number % len(names)])
        if habits is None or decide(habits, last, visit.login.features) is None:
            raise RuntimeError("nothing was learnt")
        taken.append((clock.perf_counter() - began_at) * 1000)
    return float(np.quantile(taken, 0.95))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


if __name__ == "__main__":
    main()
