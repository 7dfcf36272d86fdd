"""What a school is about to forward, and what stays behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from domain.households.models import School
from domain.statements.models import Computation, MemberFacts, Statement
from domain.statements.presentation.standing import FIRM
from domain.statements.queries import seen
from domain.statements.queries.last_runs import with_last_run
from domain.statements.queries.seen import Changed
from domain.statements.states import AT_SCHOOL

MOST_SHOWN = 200
_SHOWN: tuple[str, ...] = ("pk", "run")


@dataclass(frozen=True, slots=True)
class Ready:
    """What goes: how many, by category; `open_figures` rest on figures that are not confirmed."""

    count: int
    first: int
    second: int
    third: int
    open_figures: int

    @property
    def without(self) -> int:
        return self.count - self.first - self.second - self.third


@dataclass(frozen=True, slots=True)
class Left:
    """One that stays at the school, and why."""

    pk: int
    number: str
    guardian: str
    state: str
    why: str


def ready_of(school: School, fiscal_year: int) -> Ready:
    computed = with_last_run(_of(school, fiscal_year).filter(state=Statement.State.COMPUTED), ("category", "standing"))
    return Ready(
        **computed.aggregate(
            count=Count("pk"),
            first=Count("pk", filter=Q(category=1)),
            second=Count("pk", filter=Q(category=2)),
            third=Count("pk", filter=Q(category=3)),
            open_figures=Count("pk", filter=~Q(standing__in=FIRM)),
        )
    )


def shown_of(school: School, fiscal_year: int) -> list[tuple[int, int]]:
    """What the principal sees that can go: 調書 and the computation it stands on."""
    ready = _of(school, fiscal_year).filter(state=Statement.State.COMPUTED)
    computed: QuerySet[Statement, Any] = with_last_run(ready, ())
    return [(pk, run) for pk, run in computed.order_by("pk").values_list(*_SHOWN)]


def hold(school: School, fiscal_year: int) -> None:
    """Until the end of the transaction nobody computes or moves a 調書 of the school."""
    list(_of(school, fiscal_year).select_for_update().order_by("pk").values_list("pk", flat=True))


def changed_since(school: School, fiscal_year: int, at: datetime) -> list[Changed]:
    return seen.changed_since(_of(school, fiscal_year), at, Statement.State.COMPUTED)


def left_behind(school: School, fiscal_year: int) -> list[Left]:
    """The first ones by 世帯番号, at most `MOST_SHOWN`."""
    newest = Computation.objects.filter(statement=OuterRef("pk"), provisional=False).order_by("-sequence")
    staying = (
        _of(school, fiscal_year)
        .filter(state__in=set(AT_SCHOOL) - {Statement.State.COMPUTED})
        .select_related("household")
        .annotate(lacking=Subquery(newest.values("missing")[:1]))
        .order_by("household__number")[:MOST_SHOWN]
    )
    found = list(staying)
    names = _names_without_income([statement.pk for statement in found])
    return [
        Left(
            statement.pk,
            statement.household.number,
            statement.household.guardian_name,
            statement.state,
            _why(statement, names.get(statement.pk, []), statement.lacking),
        )
        for statement in found
    ]


def counts_by_school(schools: list[School], fiscal_year: int) -> list[tuple[School, int, int]]:
    """School, how many can go, how many stay."""
    rows = Statement.objects.filter(fiscal_year=fiscal_year, school__in=schools).values("school_id")
    can_go = Q(state=Statement.State.COMPUTED)
    stays = Q(state__in=set(AT_SCHOOL) - {Statement.State.COMPUTED})
    counted = {
        row["school_id"]: (row["going"], row["staying"])
        for row in rows.annotate(going=Count("pk", filter=can_go), staying=Count("pk", filter=stays))
    }
    return [(school, *counted.get(school.pk, (0, 0))) for school in schools]


def _of(school: School, fiscal_year: int) -> QuerySet[Statement]:
    return Statement.objects.filter(school=school, fiscal_year=fiscal_year)


def _names_without_income(statements: list[int]) -> dict[int, list[str]]:
    """Statement → 父（突合要確認）, …"""
    rows = MemberFacts.objects.filter(statement__in=statements, source=MemberFacts.Source.MISSING)
    names: dict[int, list[str]] = {}
    for facts in rows.select_related("member").order_by("member__key"):
        who = facts.member.relation or facts.member.name
        names.setdefault(facts.statement_id, []).append(f"{who}（{facts.get_absence_display()}）")
    return names


def _why(statement: Statement, names: list[str], lacking: object) -> str:
    if statement.state == Statement.State.RETURNED:
        return "差し戻されたまま"
    if statement.state != Statement.State.CHECKING:
        return "まだ算定していない"
    if names:
        return f"所得が分からない: {'、'.join(names)}"
    messages = [str(entry["message"]) for entry in lacking] if isinstance(lacking, list) else []
    return "、".join(messages) or "算定に必要な値が足りない"
