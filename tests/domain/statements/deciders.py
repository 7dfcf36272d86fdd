"""Decisions of every kind, made the short way."""

from __future__ import annotations

import datetime
from typing import Any

from accounts.roles import Role
from domain.households.models import Pupil
from domain.statements import services
from domain.statements.models import Statement
from tests.domain.statements import people
from tests.support import records
from tests.support.records import YEAR

APRIL = datetime.date(YEAR, 4, 1)
OCTOBER = datetime.date(YEAR, 10, 1)
LOW = people.ANSWER | {"total_income": 500_000, "forestry_income": 0}
HIGH = people.ANSWER | {"total_income": 9_000_000, "forestry_income": 0}


def forward_propose_approve(statement: Statement, day: datetime.date = APRIL, number: str = "決裁1") -> Statement:
    """From 算定済 to 決定 by three people."""
    services.forward(statement.school, statement.fiscal_year, records.staff(Role.PRINCIPAL))
    services.propose([statement.pk], records.staff(Role.BOARD_OFFICER), number, day)
    services.approve([statement.pk], records.staff(Role.APPROVER))
    statement.refresh_from_db()
    return statement


def decided(**values: Any) -> Statement:
    return forward_propose_approve(people.computed(**values))


def reopened(statement: Statement, **values: Any) -> Statement:
    """A 再判定 from October on this year's income, as a board officer opens it."""
    wanted: dict[str, Any] = {
        "reason": Statement.ChangeReason.UNEMPLOYMENT,
        "income_basis": Statement.IncomeBasis.ESTIMATED,
        "effective_from": OCTOBER,
    }
    return services.open_redetermination(statement, records.staff(Role.BOARD_OFFICER), **(wanted | values))


def enter(statement: Statement, amounts: dict[str, int]) -> Statement:
    """The father's income keyed in, the mother's as none; then computed."""
    father, mother = statement.household.members.order_by("key")[:2]
    services.record_certificate(statement, father, amounts)
    services.record_certificate(statement, mother, dict.fromkeys(amounts, 0))
    return people.compute(statement)


def redetermined(statement: Statement, amounts: dict[str, int] = LOW, **values: Any) -> Statement:
    return forward_propose_approve(enter(reopened(statement, **values), amounts), number="決裁2")


def provisionally(statement: Statement, day: datetime.date = APRIL) -> Statement:
    """A 仮決定 by two people."""
    services.propose_provisional([statement.pk], records.staff(Role.BOARD_OFFICER), "仮1", day, people.PACK)
    services.approve_provisional([statement.pk], records.staff(Role.APPROVER))
    return statement


def child_of(statement: Statement) -> Pupil:
    return Pupil.objects.filter(member__household=statement.household_id).order_by("pk")[0]


def rows_of(statement: Statement) -> list[tuple[datetime.date, int | None]]:
    """更新日 and 支弁区分 of the household's first pupil."""
    return list(child_of(statement).periods.values_list("starts_on", "category"))
