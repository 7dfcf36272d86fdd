"""Reads of households, pupils and imports, within the schools a person may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.http import Http404

from accounts.access import visible_schools
from accounts.models import User
from accounts.permissions import Permission
from domain.households.importing.findings import MEMBER_ABSENT, PUPIL_ABSENT
from domain.households.left_out import WAITING, nothing_taken
from domain.households.models import Household, Member, Pupil, RosterImport, RosterProblem, School, StatusPeriod
from tenants.core.context import current_prefecture, require_prefecture
from web.text import fold_name, normalise_digits

FIRST_MONTH = 4


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a list of households is narrowed by. `state` is a key of `STATES`; blank means everything."""

    school: str = ""
    state: str = ""
    text: str = ""


STATES = {
    "enrolled": ("在籍中", Q(left_on=None)),
    "left": ("転出あり", Q(left_on__isnull=False)),
}
"""Narrowing by pupils: word and condition on `Pupil`."""
HOUSEHOLD_STATES = {
    "welfare": ("生活保護", Q(on_welfare=True)),
    "declined": ("辞退", ~Q(decline=Household.Decline.NONE)),
    "protected": ("支援措置", Q(address_hidden=True)),
    "no_account": ("振込先なし", Q(account_number="")),
}
"""Narrowing by the household itself: word and condition on `Household`."""


def school_choices() -> list[tuple[str, str]]:
    """(学校コード, 校名) of the current prefecture; nothing in the console."""
    return list(School.objects.values_list("code", "name")) if current_prefecture() else []


def schools_for(user: User, permission: Permission = Permission.VIEW_HOUSEHOLD) -> QuerySet[School]:
    """The schools for which a person may use a permission."""
    codes = visible_schools(user, permission)
    return School.objects.all() if codes is None else School.objects.filter(code__in=codes)


def open_schools(schools: QuerySet[School]) -> QuerySet[School]:
    """Without those that were closed before the working year began."""
    return schools.exclude(closed_on__lt=date(require_prefecture().working_year, FIRST_MONTH, 1))


def status_on(pupil: Pupil, day: date) -> StatusPeriod | None:
    """The status that held on a day: of the last period that had begun. None before the first one."""
    return StatusPeriod.objects.filter(pupil=pupil, starts_on__lte=day).order_by("-starts_on").first()


# --- households -------------------------------------------------------------------------------------------------------


def visible_households(user: User, permission: Permission = Permission.VIEW_HOUSEHOLD) -> QuerySet[Household]:
    """Households with a pupil who attends, or in the working year attended, a school the person may see.

    Who may see every school also sees households without any pupil.
    """
    codes = visible_schools(user, permission)
    if codes is None:
        return Household.objects.all()
    enrolled = _enrolled(Q(school__code__in=codes))
    return Household.objects.filter(Exists(enrolled))


def find_household(user: User, household_id: int, permission: Permission = Permission.VIEW_HOUSEHOLD) -> Household:
    """Raises Http404 for one that does not exist or is not the person's to see."""
    household = visible_households(user, permission).select_related("maintained_by").filter(pk=household_id).first()
    if household is None:
        raise Http404
    return household


def find_member(user: User, member_id: int, permission: Permission) -> Member:
    """A member of a household the person may use `permission` for. Raises Http404."""
    visible = visible_households(user, permission)
    member = Member.objects.select_related("household").filter(pk=member_id, household__in=visible).first()
    if member is None:
        raise Http404
    return member


def find_pupil(user: User, pupil_id: int, permission: Permission) -> Pupil:
    """A pupil of a school the person may use `permission` for. Raises Http404."""
    pupils = Pupil.objects.select_related("school", "member__household")
    pupil = pupils.filter(pk=pupil_id, school__in=schools_for(user, permission)).first()
    if pupil is None:
        raise Http404
    return pupil


def find_period(user: User, period_id: int, permission: Permission) -> StatusPeriod:
    """A row of 状況履歴, a voided one too. Raises Http404."""
    rows = StatusPeriod.everything.select_related("pupil__school", "pupil__member__household")
    period = rows.filter(pk=period_id, pupil__school__in=schools_for(user, permission)).first()
    if period is None:
        raise Http404
    return period


def list_households(user: User, criteria: Criteria) -> QuerySet[Household]:
    """Households of the list, each with its members, their enrolments and schools: a fixed number of queries."""
    households = visible_households(user)
    if criteria.school:
        households = households.filter(Exists(_enrolled(Q(school__code=criteria.school))))
    if criteria.state in STATES:
        households = households.filter(Exists(_enrolled(STATES[criteria.state][1] & _schools_of(user))))
    if criteria.state in HOUSEHOLD_STATES:
        households = households.filter(HOUSEHOLD_STATES[criteria.state][1])
    if criteria.text:
        households = households.filter(_matching(criteria.text))
    return with_members(households)


def with_members(households: QuerySet[Household]) -> QuerySet[Household]:
    enrolments = Pupil.objects.select_related("school").order_by("enrolled_on")
    members = Member.objects.prefetch_related(Prefetch("enrolments", enrolments))
    return households.prefetch_related(Prefetch("members", members))


def members_with_history(household: Household) -> list[Member]:
    """Members with enrolments, schools and 状況履歴: four queries."""
    enrolments = Pupil.objects.select_related("school").prefetch_related("periods").order_by("enrolled_on")
    return list(household.members.prefetch_related(Prefetch("enrolments", enrolments)))


def _matching(text: str) -> Q:
    """世帯番号 from its beginning, or any member's name or kana from anywhere in it."""
    number, key = normalise_digits(text), fold_name(text)
    found = Q(number__istartswith=number)
    if key:
        names = Member.objects.filter(household=OuterRef("pk")).filter(
            Q(name_key__contains=key) | Q(kana_key__contains=key)
        )
        found |= Q(Exists(names))
    return found


def _enrolled(condition: Q) -> QuerySet[Pupil]:
    start = date(require_prefecture().working_year, FIRST_MONTH, 1)
    current = Q(left_on=None) | Q(left_on__gte=start)
    return Pupil.objects.filter(condition & current, member__household=OuterRef("pk"))


def _schools_of(user: User) -> Q:
    codes = visible_schools(user)
    return Q() if codes is None else Q(school__code__in=codes)


# --- imports ----------------------------------------------------------------------------------------------------------


def list_imports(user: User) -> QuerySet[RosterImport]:
    """Imports of the schools a person imports for, with the number of rows that wait for somebody (`waiting`)."""
    rows = RosterProblem.objects.filter(roster=OuterRef("pk")).order_by()
    counted = rows.values("roster").annotate(rows=WAITING).values("rows")
    waiting = Case(When(nothing_taken(), then=0), default=Coalesce(Subquery(counted), 0))
    imports = RosterImport.objects.filter(school__in=schools_for(user, Permission.IMPORT_ROSTER))
    return imports.select_related("school").annotate(waiting=waiting).order_by("-created_at", "-id")


def find_import(user: User, import_id: int) -> RosterImport:
    """Raises Http404."""
    found = list_imports(user).filter(pk=import_id).first()
    if found is None:
        raise Http404
    return found


FOLDED = (PUPIL_ABSENT, MEMBER_ABSENT)
"""Notes that come once for each person and say the same: shown as one note with a list of names."""


@dataclass(frozen=True, slots=True)
class FoldedNote:
    """`people`: 学籍番号 or 構成員番号 with the name, for those the person may see; `count` counts all."""

    message: str
    count: int
    people: list[str]


def single_problems(roster: RosterImport) -> QuerySet[RosterProblem]:
    """Those that are shown row by row."""
    return roster.problems.exclude(code__in=FOLDED)


def folded_problems(user: User, roster: RosterImport) -> list[FoldedNote]:
    """The many equal notes of an import, one for each kind."""
    notes = []
    for code in FOLDED:
        found = list(roster.problems.filter(code=code))
        if found:
            visible = visible_numbers(user, {problem.household_number for problem in found})
            seen = [problem for problem in found if problem.household_number in visible]
            notes.append(FoldedNote(found[0].message, len(found), _people(roster, code, seen)))
    return notes


def _people(roster: RosterImport, code: str, problems: list[RosterProblem]) -> list[str]:
    if code == PUPIL_ABSENT:
        numbers = [problem.registered for problem in problems]
        pupils = Pupil.objects.filter(school=roster.school_id, student_number__in=numbers)
        return [f"{number} {name}" for number, name in pupils.values_list("student_number", "name")]
    keys = {(problem.household_number, problem.registered) for problem in problems}
    members = Member.objects.filter(household__number__in={number for number, _ in keys})
    rows = members.values_list("household__number", "key", "name").order_by("household__number", "key")
    return [f"世帯 {number} の構成員 {key} {name}" for number, key, name in rows if (number, key) in keys]


def waiting_of(roster: RosterImport) -> int:
    """Rows of an import of `list_imports` that wait for somebody."""
    return int(getattr(roster, "waiting", 0))


def find_problem(user: User, problem_id: int) -> RosterProblem:
    """Raises Http404."""
    schools = schools_for(user, Permission.IMPORT_ROSTER)
    problem = RosterProblem.objects.filter(pk=problem_id, roster__school__in=schools).first()
    if problem is None:
        raise Http404
    return problem


@dataclass(frozen=True, slots=True)
class Named:
    """Registered households that a page of an import names, by 世帯番号. `visible`: with their id, those the person may see.

    `protected`: those under 支援措置 now. `elsewhere`: those that only other schools than the person's registered, and the person may not
    see.
    """

    visible: dict[str, int]
    protected: frozenset[str]
    elsewhere: frozenset[str]


def named(user: User, numbers: Iterable[str]) -> Named:
    wanted = set(numbers)
    visible = dict(visible_households(user).filter(number__in=wanted).values_list("number", "pk"))
    registered = Household.objects.filter(number__in=wanted).values_list(
        "number", "address_hidden", "maintained_by__code"
    )
    protected, elsewhere, codes = set(), set(), visible_schools(user)
    for number, hidden, school in registered:
        if hidden:
            protected.add(number)
        if number not in visible and codes is not None and school is not None and school not in codes:
            elsewhere.add(number)
    return Named(visible, frozenset(protected), frozenset(elsewhere))


def visible_numbers(user: User, numbers: Iterable[str]) -> set[str]:
    """Of these 世帯番号, those whose household the person may see."""
    return set(visible_households(user).filter(number__in=set(numbers)).values_list("number", flat=True))
