"""Figures of the home page: each one aggregate query over the schools of the person, whatever the size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Case, CharField, Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.access import visible_schools
from accounts.models import User
from accounts.permissions import Permission
from domain.households.left_out import LeftOut, left_out
from domain.households.models import Household, Member, Pupil, RosterImport, School
from domain.linkage.models import Inquiry, Registration
from domain.linkage.settling import UNSETTLED_MATCHES
from domain.payments.models import PaymentRound
from domain.statements.models import Statement, StatementStep
from domain.statements.queries.listing import waiting_for_certificate, waiting_for_choice
from domain.statements.queries.scope import DECIDED, visible_statements, working_year
from domain.vault.models import PersonNumber

APRIL = 4


@dataclass(frozen=True, slots=True)
class SchoolCounts:
    """調書 of one school by state."""

    code: str
    name: str
    states: Counter[str] = field(default_factory=Counter)

    def of(self, states: Iterable[str]) -> int:
        return sum(self.states[state] for state in states)

    @property
    def total(self) -> int:
        return self.states.total()


def schools(user: User) -> list[SchoolCounts]:
    """Every school of the person, in order, also one without any 調書."""
    codes = visible_schools(user)
    found = School.objects.all() if codes is None else School.objects.filter(code__in=codes)
    year = Q(statements__fiscal_year=working_year())
    rows = found.order_by("code").values_list("code", "name", "statements__state").annotate(n=Count("statements", year))
    counted: dict[str, SchoolCounts] = {}
    for code, name, state, number in rows:
        of_school = counted.setdefault(code, SchoolCounts(code, name))
        if state and number:
            of_school.states[state] += number
    return list(counted.values())


def expected_statements(user: User) -> int:
    """Households with a pupil of the year at these schools, but for those another school handles."""
    codes, year = visible_schools(user), working_year()
    elsewhere = Statement.objects.filter(household=OuterRef("pk"), fiscal_year=year)
    if codes is None:
        return Household.objects.filter(Exists(_pupils(codes))).count()
    handled = elsewhere.exclude(school__code__in=codes)
    return Household.objects.filter(Exists(_pupils(codes)), ~Exists(handled)).count()


@dataclass(frozen=True, slots=True)
class Rosters:
    """`taken`: schools of which a roster of the year was taken in; `looked`: rosters that were read and not taken in yet."""

    taken: int
    looked: int


def rosters(user: User) -> Rosters:
    codes = visible_schools(user)
    found = RosterImport.objects.filter(fiscal_year=working_year())
    if codes is not None:
        found = found.filter(school__code__in=codes)
    taken = Count("school", filter=Q(state=RosterImport.State.IMPORTED), distinct=True)
    looked = Count("pk", filter=Q(state=RosterImport.State.LOOKED))
    return Rosters(**found.aggregate(taken=taken, looked=looked))


@dataclass(frozen=True, slots=True)
class Inquiries:
    """照会 of the year. `to_compare`: people of whom an answer waits to be compared; `lines`: the answers, as the list counts them.

    `unregistered`: people whom nobody can ask about yet; `unasked`: households of which nothing was asked. Both of households whose
    支弁区分 is still open, so that a year that was decided by certificates ends.
    """

    total: int
    answered: int
    to_compare: int
    lines: int
    unregistered: int = 0
    unasked: int = 0


def inquiries(user: User) -> Inquiries:
    under_way = Q(state__in=[Inquiry.State.WAITING, Inquiry.State.SENT])
    doubted = Q(match__in=UNSETTLED_MATCHES, settlement=Inquiry.Settlement.NONE)
    asked = Inquiry.objects.filter(fiscal_year=working_year(), **_of_households(user, "member__household"))
    found = asked.aggregate(
        total=Count("pk"),
        answered=Count("pk", filter=~under_way),
        to_compare=Count("member", filter=doubted, distinct=True),
        lines=Count("pk", filter=doubted),
    )
    return Inquiries(**found, **_out_of_reach(user))


def _out_of_reach(user: User) -> dict[str, int]:
    """`unregistered` and `unasked` of `Inquiries`."""
    still_open = _undecided(user)
    known = Inquiry.objects.filter(fiscal_year=working_year(), member__household=OuterRef("pk"))
    parts = {
        "unregistered": unregistered_people(user).filter(household__in=still_open.values("pk")),
        "unasked": still_open.exclude(Exists(known)),
    }
    counted = [
        rows.order_by().annotate(part=Value(name)).values("part").annotate(n=Count("pk")).values_list("part", "n")
        for name, rows in parts.items()
    ]
    return dict(counted[0].union(counted[1], all=True))


def _undecided(user: User) -> QuerySet[Household]:
    """Households of the person's schools whose 支弁区分 of the year is open, but for those that want nothing (完全辞退)."""
    decided = Statement.objects.filter(household=OuterRef("pk"), fiscal_year=working_year(), state__in=DECIDED)
    found = Household.objects.filter(Exists(_pupils(visible_schools(user)))).exclude(Exists(decided))
    return found.exclude(decline=Household.Decline.FULL)


def waiting_certificates(user: User) -> tuple[int, datetime | None]:
    """How many households, and since when the one that waits longest (its last step to 要確認)."""
    asked = StatementStep.objects.filter(statement=OuterRef("pk"), to_state=Statement.State.CHECKING).order_by()
    since = Subquery(asked.values("statement").annotate(last=Max("at")).values("last"))
    waiting = visible_statements(user).filter(waiting_for_certificate()).annotate(since=since)
    found = waiting.aggregate(number=Count("pk"), longest=Min("since"))
    return found["number"], found["longest"]


def waiting_choices(user: User) -> int:
    """調書 in which an answer came after the certificate and says something else, at the schools whose 調書 the person enters."""
    return visible_statements(user, Permission.EDIT_STATEMENT).filter(waiting_for_choice()).count()


_WITHDRAWN = Registration.State.WITHDRAWN


class WhyUnregistered(StrEnum):
    """Why somebody has no 団体内統合宛名番号: what comes next differs."""

    NO_NUMBER = "番号が届いていない"
    WAITING = "登録待ち"
    REJECTED = "登録不可"
    DOUBTED = "重複疑い"


def unregistered_people(user: User) -> QuerySet[Any]:
    """People of these schools' households who have no 団体内統合宛名番号 yet, each with `why`."""
    held = PersonNumber.objects.filter(member=OuterRef("pk"), field=PersonNumber.Field.INDIVIDUAL, held_until=None)
    why = Case(
        When(registration__state=Registration.State.REJECTED, then=Value(WhyUnregistered.REJECTED.value)),
        When(registration__state=Registration.State.DOUBTED, then=Value(WhyUnregistered.DOUBTED.value)),
        When(~Exists(held), then=Value(WhyUnregistered.NO_NUMBER.value)),
        default=Value(WhyUnregistered.WAITING.value),
        output_field=CharField(),
    )
    members = Member.objects.filter(**_of_households(user, "household"))
    return members.exclude(Q(registration__known=True) | Q(registration__state=_WITHDRAWN)).annotate(why=why)


def unregistered(user: User) -> dict[str, int]:
    """How many, by reason; a reason without anybody is left out."""
    rows = unregistered_people(user).order_by().values("why").annotate(n=Count("pk"))
    found = {row["why"]: row["n"] for row in rows}
    return {why.value: found[why.value] for why in WhyUnregistered if why.value in found}


def rosters_left_out(user: User) -> LeftOut:
    """What this year's rosters name and was not taken, counted as the list of imports does."""
    return left_out(working_year(), visible_schools(user))


def next_round() -> PaymentRound | None:
    """The first round of the year that is not paid out; the last one when all are."""
    rounds = list(PaymentRound.objects.filter(fiscal_year=working_year()).order_by("number"))
    still_open = [one for one in rounds if one.state != PaymentRound.State.RELEASED]
    return next(iter(still_open or rounds[-1:]), None)


def _of_households(user: User, path: str) -> dict[str, Any]:
    """Keyword for a filter on households with a pupil of the year at the person's schools."""
    return {f"{path}__in": Household.objects.filter(Exists(_pupils(visible_schools(user)))).values("pk")}


def _pupils(codes: list[str] | None) -> QuerySet[Pupil]:
    year = working_year()
    attending = Q(left_on=None) | Q(left_on__gt=date(year, APRIL, 1))
    of_year = Pupil.objects.filter(
        attending, enrolled_on__lt=date(year + 1, APRIL, 1), member__household=OuterRef("pk")
    )
    return of_year if codes is None else of_year.filter(school__code__in=codes)
