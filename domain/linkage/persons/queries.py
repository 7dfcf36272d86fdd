"""Reads about people for the pages: how many stand where, who they are, what became of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from domain.linkage.models import Registration
from domain.linkage.persons.due import long_waits, to_update, to_withdraw, waits_for_copy
from domain.linkage.persons.states import State

EVERYBODY, UPDATE, WITHDRAW, COPY, REFUSED = "all", "update", "withdraw", "copy", "refused"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits for the 符号: how many, since when the first, and how many for too long."""

    people: int
    since: datetime | None
    long: int


def waiting_for_code() -> Waiting:
    """Two queries."""
    found = Registration.objects.filter(state=State.ACQUIRING).aggregate(people=Count("pk"), since=Min("since"))
    return Waiting(found["people"], found["since"], long_waits().count() if found["people"] else 0)


def counts() -> Mapping[str, int]:
    """How many people each narrowing of the list has."""
    refused = Count("pk", filter=~Q(refused={}))
    by_state: dict[str, int] = {state.value: 0 for state in State} | dict(
        Registration.objects.order_by().values_list("state").annotate(people=Count("pk"))
    )
    return by_state | {
        EVERYBODY: sum(by_state.values()),
        UPDATE: to_update().count(),
        WITHDRAW: to_withdraw().count(),
        COPY: waits_for_copy().count(),
        REFUSED: Registration.objects.aggregate(people=refused)["people"],
    }


def titles() -> Mapping[str, str]:
    """The words of the narrowings, in the order in which they stand."""
    head = {EVERYBODY: "すべて"}
    tail = {UPDATE: "異動を送る", WITHDRAW: "廃止を送る", COPY: "廃止（副本の削除待ち）", REFUSED: "断られた"}
    return head | {state.value: str(state.label) for state in State} | tail


def people(narrowing: str) -> QuerySet[Registration]:
    """In the order of household and person."""
    found = Registration.objects.all()
    if narrowing == UPDATE:
        found = to_update()
    elif narrowing == WITHDRAW:
        found = to_withdraw()
    elif narrowing == COPY:
        found = waits_for_copy()
    elif narrowing == REFUSED:
        found = found.exclude(refused={})
    elif narrowing != EVERYBODY:
        found = found.filter(state=narrowing)
    return found.select_related("member__household").order_by("member__household__number", "member__key")
