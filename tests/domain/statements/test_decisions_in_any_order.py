"""Whatever is done in whatever order: two people, one decision a day, no decision lost, and payments see what holds now."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.errors import SamePerson
from accounts.models import User
from accounts.roles import Role
from domain.statements import services
from domain.statements.models import Determination, Statement
from domain.statements.queries.known import Known, KnownCategories
from domain.statements.redetermining import CLOSED, RedeterminationRefused
from domain.statements.states import MoveRefused
from tests.domain.statements import deciders, people
from tests.support import records
from tests.support.records import YEAR

DAYS = [datetime.date(YEAR, month, 1) for month in (4, 7, 10)] + [datetime.date(YEAR + 1, 1, 15)]


class World:
    """One household, three people, and everything that was once known."""

    def __init__(self) -> None:
        self.root = people.lacking()
        self.child = deciders.child_of(self.root)
        self.officer, self.approver = records.staff(Role.BOARD_OFFICER), records.staff(Role.APPROVER)
        self.principal = records.staff(Role.PRINCIPAL)
        self.seen: list[tuple[datetime.datetime, list[Known | None]]] = []
        self.approved: dict[int, tuple[Any, ...]] = {}

    def latest(self) -> Statement:
        return Statement.objects.filter(household=self.root.household_id).order_by("-pk")[0]

    def enter(self, amounts: dict[str, int], _: datetime.date) -> None:
        deciders.enter(self.latest(), amounts)

    def forward(self, _: datetime.date) -> None:
        services.forward(self.root.school, YEAR, self.principal)

    def propose(self, day: datetime.date) -> None:
        services.propose([self.latest().pk], self.officer, "決裁", day)

    def approve(self, user: User) -> None:
        services.approve([self.latest().pk], user)

    def propose_provisional(self, day: datetime.date) -> None:
        services.propose_provisional([self.latest().pk], self.officer, "仮", day, people.PACK)

    def approve_provisional(self, user: User) -> None:
        services.approve_provisional([self.latest().pk], user)

    def reopen(self, day: datetime.date) -> None:
        deciders.reopened(self.root, effective_from=day)

    def withdraw(self, _: datetime.date) -> None:
        services.withdraw(self.latest(), "やめる", self.officer)

    def send_back(self, _: datetime.date) -> None:
        services.send_back(self.latest(), "確認", self.officer)


ACTS: dict[str, Callable[[World, datetime.date], None]] = {
    "low": lambda world, day: world.enter(deciders.LOW, day),
    "high": lambda world, day: world.enter(deciders.HIGH, day),
    "forward": World.forward,
    "propose": World.propose,
    "approve": lambda world, _: world.approve(world.approver),
    "approve own": lambda world, _: world.approve(world.officer),
    "propose provisional": World.propose_provisional,
    "approve provisional": lambda world, _: world.approve_provisional(world.approver),
    "approve own provisional": lambda world, _: world.approve_provisional(world.officer),
    "reopen": World.reopen,
    "withdraw": World.withdraw,
    "send back": World.send_back,
}
DECIDE = ["low", "forward", "propose", "approve"]
BEGINNINGS: list[list[str]] = [
    [],
    ["propose provisional", "approve provisional"],
    ["propose provisional", "approve provisional", *DECIDE, "reopen"],
    [*DECIDE, "reopen", "high"],
]
WORKING = ["high", "forward", "propose", "approve", "approve provisional", "propose provisional", "reopen"]
"""Acts that lead on are tried more often than those that are refused."""


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(BEGINNINGS),
    st.lists(st.tuples(st.sampled_from([*ACTS, *WORKING]), st.sampled_from(DAYS)), max_size=12),
)
def test_any_sequence_of_acts(in_a: Any, beginning: list[str], acts: list[tuple[str, datetime.date]]) -> None:
    world = World()
    for name, day in [*((name, DAYS[2 if name == "reopen" else 0]) for name in beginning), *acts]:
        with suppress(MoveRefused, RedeterminationRefused, SamePerson):
            ACTS[name](world, day)
        _check(world)


def _check(world: World) -> None:
    rows = list(Determination.objects.filter(root=world.root).order_by("pk"))
    decided = [row for row in rows if row.approved_by is not None]
    assert all(row.approved_by != row.proposed_by for row in decided)
    days = [(row.kind, row.effective_from) for row in rows]
    assert len(days) == len(set(days))
    still_open = world.root.redeterminations.exclude(state__in=CLOSED).count()
    assert still_open <= 1
    said = {row.pk: (row.kind, row.effective_from, row.household_category, row.computation_id) for row in decided}
    assert world.approved.items() <= said.items()  # nothing decided changes or goes
    world.approved = said
    known = KnownCategories.of([world.child.pk])
    for moment, then in world.seen:
        assert [known.known_on(world.child.pk, day, moment) for day in DAYS] == then
    now = timezone.now()
    world.seen.append((now, [known.known_on(world.child.pk, day, now) for day in DAYS]))
    for starts_on, category in world.child.periods.values_list("starts_on", "category"):
        valid = known.valid_on(world.child.pk, starts_on)
        assert category == (None if valid is None else valid.category)
