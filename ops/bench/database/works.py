"""`python -m ops.bench.database.works`: other long work of a prefecture, run against the bench's own servers.

The last line of the output holds the figures.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ops.bench.database.computing import inside
from ops.demo.environment import set_up

if TYPE_CHECKING:
    from accounts.models import User
    from domain.payments.models import PaymentRound
    from ops.bench.measures import Measured

NUMBERS, SECONDS_FOR_NUMBERS = 45_000, 10.0
ACCESSES, SECONDS_FOR_ACCESSES = 20_000, 30.0
PUPILS_OF_A_ROSTER, SECONDS_FOR_ROSTER = 400, 3.0
PUPILS, SECONDS_FOR_ROUND = 9_000, 60.0


class WorkNotDone(Exception):
    """`bench.work-not-done`: a measured work did not leave what it should, so its time says nothing."""

    identifier = "bench.work-not-done"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ops.bench.database.works", description=__doc__)
    parser.add_argument("--roster", type=Path, required=True)
    parser.add_argument("--school", required=True)
    options = parser.parse_args()
    set_up()
    with inside():
        rows = [roster(options.roster, options.school), numbers(), accesses(), *payment_round()]
    print(json.dumps([[row.title, row.runs, row.goal, row.cpu] for row in rows]))


def roster(path: Path, school_code: str) -> Measured:
    """One school's roster handed in and taken in; the goal is for 400 pupils."""
    from domain.households.models import Pupil
    from domain.households.services import ensure_school, receive_roster, take_roster
    from jobs.models import Job
    from jobs.running import run_job
    from ops.bench.database.clocks import measured
    from ops.bench.households import FISCAL_YEAR

    school, data = ensure_school(school_code, "サンプル支援学校"), path.read_bytes()

    def take_in() -> None:
        taken = take_roster(receive_roster(school, "名簿.xlsx", data, FISCAL_YEAR))
        run_job(Job.objects.get(key=f"households.import_roster:{taken.pk}:{taken.run}").pk)

    found = measured("", [take_in])
    pupils = Pupil.objects.filter(school=school).count()
    _require(pupils > 0, "no pupil was taken in")
    goal = SECONDS_FOR_ROSTER * pupils / PUPILS_OF_A_ROSTER
    return replace(found, title=f"one school's roster of {pupils:,} pupils taken in", goal=goal)


def numbers() -> Measured:
    """45,000 individual numbers sealed and indexed."""
    from domain.vault.models import PersonNumber
    from domain.vault.numbers import Number
    from domain.vault.sealing import index_of, sealed_row
    from integrations.atena_adapters.individual_numbers import sample_number
    from ops.bench.database.clocks import measured

    given = [Number(sample_number(1, n)) for n in range(1, NUMBERS + 1)]
    made: list[object] = []

    def seal() -> None:
        field = PersonNumber.Field.INDIVIDUAL
        made.extend([sealed_row(n, field, each) for n, each in enumerate(given)])
        made.extend({index_of(field, each) for each in given})

    found = measured(f"{NUMBERS:,} individual numbers sealed and indexed", [seal], SECONDS_FOR_NUMBERS)
    _require(len(made) == 2 * NUMBERS, "numbers were lost")
    return found


def accesses() -> Measured:
    """20,000 accesses written into the audit database before anything is shown."""
    from audit.trail.recorder import Entry, Subject, record_access_many
    from audit.trail.vocabulary import Event
    from ops.bench.database.clocks import measured

    kept: list[object] = []
    entry = Entry(Event.READ_PUPIL_SHOWN, (Subject("pupil", "bench"),))
    title = f"{ACCESSES:,} accesses written into the audit database"
    found = measured(
        title, [lambda: kept.extend(record_access_many(entry for _ in range(ACCESSES)))], SECONDS_FOR_ACCESSES
    )
    _require(len(kept) == ACCESSES, "accesses were lost")
    return found


def payment_round() -> list[Measured]:
    """A round of 9,000 pupils with eight receipts each: calculated, calculated again, approved and released with its file."""
    from domain.households.services import ensure_school
    from domain.payments import services
    from ops.bench.database.clocks import measured
    from ops.bench.database.receipts import day, pupils_with_receipts
    from ops.bench.households import FISCAL_YEAR

    pupils_with_receipts(ensure_school("V01", "サンプル計測校"), PUPILS)
    round_ = services.open_round(
        fiscal_year=FISCAL_YEAR, pack="R07-former-standard", overlays=("sample-operator",), number=1, title="第1期",
        starts_on=day(4, 1), ends_on=day(8, 1) - datetime.timedelta(days=1), pay_on=day(8, 25),
    )  # fmt: skip
    name = f"payment round of {PUPILS:,} pupils"
    first = measured(f"{name} calculated", [_calculation(round_)], SECONDS_FOR_ROUND)
    again = measured(f"{name} calculated again", [_calculation(round_)], SECONDS_FOR_ROUND)
    _require(services.totals_of(round_).count == PUPILS, "payments are missing")
    last = measured(f"{name} approved and released, bank file made", [lambda: _settle(round_)], SECONDS_FOR_ROUND)
    return [first, again, last]


def _calculation(round_: PaymentRound) -> Callable[[], None]:
    from accounts.roles import Role
    from domain.payments import services
    from jobs.models import Job
    from jobs.running import run_job

    officer = _staff(Role.BOARD_OFFICER)

    def calculate() -> None:
        with _acting(officer):
            job = services.start_calculation(round_)
        run_job(job.pk)
        _require(Job.objects.get(pk=job.pk).state == "succeeded", "the calculation failed")

    return calculate


def _settle(round_: PaymentRound) -> None:
    from accounts.roles import Role
    from domain.payments import services

    approver = _staff(Role.APPROVER)
    round_.refresh_from_db()
    totals = services.totals_of(round_)
    with _acting(approver):
        services.approve_round(round_, approver, totals.count, totals.total)
        round_.refresh_from_db()
        services.release_round(round_, approver)
    round_.refresh_from_db()
    services.bank_file(round_)


def _staff(role: str) -> User:
    """A fictitious person with this role."""
    from accounts import services as accounts
    from accounts.models import User
    from accounts.roles import Role

    found = User.objects.filter(username=f"bench-{role}").first()
    if found is None:
        found = accounts.create_user(f"bench-{role}", f"見本 {Role(role).label}")
        accounts.assign_role(found, Role(role))
    return User.objects.get(pk=found.pk)


def _acting(user: User) -> AbstractContextManager[object]:
    from accounts.access import roles_in_force
    from accounts.actors import person
    from audit.trail.actors import acting_as

    return acting_as(person(user, roles_in_force(user), terminal="", session=""))


def _require(done: bool, problem: str) -> None:
    if not done:
        raise WorkNotDone(problem)


if __name__ == "__main__":
    main()
