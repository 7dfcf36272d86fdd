"""Run by `explaining` in a process of its own: a season of work, asked day by day why each access was right."""

from __future__ import annotations

import time as clock
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np

from ops.bench.database.layout import CODE
from ops.demo.environment import set_up

DECISIONS = 300


def main() -> None:
    set_up(login="gateway")
    from ops.bench.watch.explaining import FOLDER, dump
    from ops.bench.watch.season import season
    from ops.bench.watch.sheet import Sheet
    from ops.bench.watch.sweep import sweep_seconds
    from tenants.core.context import prefecture_context
    from tenants.core.models import Prefecture

    with prefecture_context(Prefecture.objects.get(code=CODE)):
        sheet = Sheet()
        found = season(sheet.told)
        (FOLDER.parent / "sheet.txt").write_text(sheet.text(), encoding="utf-8")
        print(dump(found, _latency(), sweep_seconds()))


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
