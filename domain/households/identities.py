"""世帯番号, 学籍番号 and 学校 for the viewer of the trail: from what is typed to our ids, and back to what may be printed.

A viewer sees these of the schools for which they may look at the trail; never a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.db.models import Q, QuerySet

from accounts.access import visible_schools
from accounts.models import User
from accounts.permissions import Permission
from audit.review.identities import MOST_CANDIDATES, Candidate, register_finder, register_namer
from domain.households.models import Household, Member, Pupil, School
from web.text import fold_name, normalise_digits


def register() -> None:
    register_finder(find)
    register_namer("household", _namer(lambda codes: _homes(codes).values_list("pk", "number"), "世帯番号 {}"))
    register_namer(
        "member",
        _namer(lambda codes: _members(codes).values_list("pk", "household__number", "key"), "世帯番号 {} の{}"),
    )
    register_namer("pupil", _namer(lambda codes: _pupils(codes).values_list("pk", "student_number"), "学籍番号 {}"))
    register_namer("school", school_names)


def find(words: str, viewer: User) -> Iterator[Candidate]:
    """By 世帯番号 or 学籍番号 in full, by 学校コード or part of the 学校名, and by name of a member."""
    codes = visible_schools(viewer, Permission.VIEW_TRAIL)
    number, key = normalise_digits(words), fold_name(words)
    for home in _homes(codes).filter(number__iexact=number)[:MOST_CANDIDATES]:
        yield Candidate(f"世帯番号 {home.number}", "household", str(home.pk))
    for pupil in _pupils(codes).filter(student_number__iexact=number).select_related("school")[:MOST_CANDIDATES]:
        yield Candidate(f"学籍番号 {pupil.student_number}（{pupil.school}）", "pupil", str(pupil.pk))
    for school in _schools(codes).filter(Q(code__iexact=number) | Q(name__icontains=words))[:MOST_CANDIDATES]:
        yield Candidate(f"{school.name}（{school.code}）", "school", str(school.pk))
    if key:
        named = _members(codes).filter(Q(name_key=key) | Q(kana_key=key)).select_related("household")
        for member in named[:MOST_CANDIDATES]:
            number_of_home = member.household.number
            yield Candidate(f"世帯番号 {number_of_home} の{member.key}（世帯構成員）", "member", str(member.pk))
            yield Candidate(f"世帯番号 {number_of_home}", "household", str(member.household_id))


def school_names(ids: Sequence[str], viewer: User) -> dict[str, str]:
    """校名; a refusal of the guard names the 学校コード, everything else our id."""
    schools = _schools(visible_schools(viewer, Permission.VIEW_TRAIL))
    by_code: dict[str, str] = dict(schools.filter(code__in=ids).values_list("code", "name"))
    by_id = {str(pk): name for pk, name in schools.filter(pk__in=_keys(ids)).values_list("pk", "name")}
    return by_code | by_id


def _namer(rows: Callable[[list[str] | None], QuerySet], text: str) -> Callable[[Sequence[str], User], dict[str, str]]:  # type: ignore[type-arg]
    def name(ids: Sequence[str], viewer: User) -> dict[str, str]:
        codes = visible_schools(viewer, Permission.VIEW_TRAIL)
        return {str(pk): text.format(*shown) for pk, *shown in rows(codes).filter(pk__in=_keys(ids))}

    return name


def _keys(ids: Sequence[str]) -> list[int]:
    return [int(identity) for identity in ids if identity.isascii() and identity.isdigit() and len(identity) < 18]


def _schools(codes: list[str] | None) -> QuerySet[School]:
    return School.objects.all() if codes is None else School.objects.filter(code__in=codes)


def _homes(codes: list[str] | None) -> QuerySet[Household]:
    if codes is None:
        return Household.objects.all()
    return Household.objects.filter(members__enrolments__school__code__in=codes).distinct()


def _members(codes: list[str] | None) -> QuerySet[Member]:
    if codes is None:
        return Member.objects.all()
    return Member.objects.filter(household__members__enrolments__school__code__in=codes).distinct()


def _pupils(codes: list[str] | None) -> QuerySet[Pupil]:
    return Pupil.objects.all() if codes is None else Pupil.objects.filter(school__code__in=codes)
