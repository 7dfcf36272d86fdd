"""Households that are computed and paid, a board's draft with a lower boundary, and runs as a worker does them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from accounts.roles import Role
from domain.households.models import Household, Pupil
from domain.impact import services
from domain.impact.models import ImpactRun
from domain.rules import load_pack
from domain.statements.models import Statement
from domain.yearpacks.models import Revision
from jobs.models import Job
from jobs.running import run_job
from tests.domain.payments.support import approved, calculated, opened, released, spend
from tests.domain.statements import people
from tests.support import records
from tests.support.records import YEAR

BASE, SHIPPED = "R07-former-standard", ["sample-operator"]
PACK = load_pack(BASE, tuple(SHIPPED))
CATEGORIES, PAYMENTS = ImpactRun.Mode.CATEGORIES, ImpactRun.Mode.PAYMENTS

LOWER_BOUNDARIES: dict[str, Any] = {
    "category": [
        {"category": 1, "income_below": "1", "source": "own", "standing": "operator"},
        {"category": 2, "income_below": "5/2", "source": "own", "standing": "operator"},
        {"category": 3, "source": "own", "standing": "operator"},
    ]
}
"""Ⅰ ends at the need itself: whoever earns a little more moves to Ⅱ."""


def draft(content: dict[str, Any] | None = None, number: int = 1) -> Revision:
    """A board's draft over the sample packs."""
    head = {"title": "見本の改訂", "fiscal_year": YEAR, "extends": [BASE]}
    own = LOWER_BOUNDARIES if content is None else content
    layer = {"pack": head, "sources": {"own": "見本の出典"}, **deepcopy(own)}
    return Revision.objects.create(
        fiscal_year=YEAR,
        number=number,
        title="見本の改訂",
        base=BASE,
        shipped=SHIPPED,
        content=layer,
        created_by="見本",
    )


def home(where: Any = None, **values: Any) -> Statement:
    """算定済, with a father who earns 3,000,000円."""
    return people.computed(where, **values)


def pupil_of(household: Household) -> Pupil:
    return Pupil.objects.get(member__household=household)


def started(mode: str, choice: str) -> ImpactRun:
    """Asked for by a board officer; nobody works on it yet."""
    with records.acting(records.staff(Role.BOARD_OFFICER)):
        return services.start_run(mode, choice, YEAR)


def done(run: ImpactRun) -> ImpactRun:
    """After a worker had it; it must have succeeded."""
    job = services.job_of(run)
    assert job is not None
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED, job.error
    run.refresh_from_db()
    return run


def tried(revision: Revision, mode: str = CATEGORIES) -> ImpactRun:
    return done(started(mode, f"revision:{revision.pk}"))


def paid_home(amount: int = 10_000, category: int = 2) -> Pupil:
    """A pupil with an expense in a released round."""
    statement = home()
    pupil = pupil_of(statement.household)
    pupil.periods.update(category=category)
    spend(pupil, "school_lunch", amount)
    return pupil


def closed_round() -> Any:
    return released(approved(calculated(opened())))
