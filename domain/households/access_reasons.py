"""Why an access to a household was right, as far as the roster knows; and which households are special to a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.access import visible_schools
from accounts.models import User
from audit.detection.reasons import Explainer, Marker, register_explainer, register_related, register_watched
from audit.trail.entries import Subject
from domain.households.homes import homes_of, subjects_in
from domain.households.models import Household, Member, Pupil, RosterProblem, StatusPeriod
from web.text import fold_name

Row = TypeVar("Row", bound=Model)

DAYS_AFTER_MOVE = 45
HIDDEN = "支援措置の世帯"
SAME_PERSON = "本人と氏名の同じ人の世帯"
SAME_SURNAME = "同じ姓で担当校の児童生徒の世帯"
COLLEAGUE = "同僚と氏名の同じ人の世帯"


def register() -> None:
    register_explainer(Explainer("E2", "名簿取込の要確認", open_problems), "households")
    register_explainer(Explainer("E6", "転入学・状況の変更", moved), "households")
    register_watched(Marker("支援措置", hidden))
    register_related(Marker("氏名", related))


def moved(user: User, subjects: Sequence[Subject], day: date) -> dict[Subject, str]:
    """E6: enrolment, leaving or a change of status within 45 days, at a school of the person's."""
    since = day - timedelta(days=DAYS_AFTER_MOVE)

    def wanted(homes: set[int]) -> Iterable[int]:
        pupils = _of_schools(user, Pupil.objects.filter(member__household__in=homes), "school__code")
        recent = Q(enrolled_on__range=(since, day)) | Q(left_on__range=(since, day))
        periods = StatusPeriod.objects.filter(
            pupil__in=pupils, recorded_at__date__range=(since, day), starts_on__gte=since, voided_at=None
        )
        return {
            *pupils.filter(recent).values_list("member__household_id", flat=True),
            *periods.values_list("pupil__member__household_id", flat=True),
        }

    return subjects_in(subjects, wanted, f"{DAYS_AFTER_MOVE}日以内の転入学・転出・状況の変更")


def open_problems(user: User, subjects: Sequence[Subject], day: date) -> dict[Subject, str]:
    """E2: a line of a roster waits for the person's school to look at it."""

    def wanted(homes: set[int]) -> Iterable[int]:
        waiting = _of_schools(user, RosterProblem.objects.filter(settled_at=None), "roster__school__code")
        return Household.objects.filter(
            pk__in=homes, number__in=waiting.exclude(household_number="").values("household_number")
        ).values_list("pk", flat=True)

    return subjects_in(subjects, wanted, "名簿取込の要確認の行")


def hidden(_: User, subjects: Sequence[Subject]) -> dict[Subject, str]:
    """支援措置: the address is kept from everybody it need not be known to."""

    def wanted(homes: set[int]) -> Iterable[int]:
        return Household.objects.filter(pk__in=homes, address_hidden=True).values_list("pk", flat=True)

    return subjects_in(subjects, wanted, HIDDEN)


def related(user: User, subjects: Sequence[Subject]) -> dict[Subject, str]:
    """By name alone, compared here and told as a word: the person's own, a colleague's, or the surname at an own school."""
    homes = homes_of(subjects)
    names: dict[int, set[str]] = {}
    for home, key in Member.objects.filter(household__in=set(homes.values())).values_list("household_id", "name_key"):
        names.setdefault(home, set()).add(key)
    own = fold_name(user.display_name)
    staff = {fold_name(name) for name in User.objects.exclude(pk=user.pk).values_list("display_name", flat=True)}
    namesakes = _namesakes(user, set(homes.values()))
    found = {}
    for subject, home in homes.items():
        if own and own in names.get(home, ()):
            found[subject] = SAME_PERSON
        elif staff & names.get(home, set()):
            found[subject] = COLLEAGUE
        elif home in namesakes:
            found[subject] = SAME_SURNAME
    return found


def _namesakes(user: User, homes: set[int]) -> set[int]:
    """Households of the person's surname with a pupil at a school the person serves. A name without a gap has no surname."""
    surname, _, given = user.display_name.replace("　", " ").strip().partition(" ")
    codes = visible_schools(user)
    if not given or codes is None:
        return set()
    served = Pupil.objects.filter(school__code__in=codes, member__household__in=homes).values("member__household_id")
    candidates = Household.objects.filter(pk__in=served).values_list("pk", "guardian_name")
    return {pk for pk, name in candidates if name.replace("　", " ").split(" ")[0] == surname}


def _of_schools(user: User, rows: QuerySet[Row], field: str) -> QuerySet[Row]:
    codes = visible_schools(user)
    return rows if codes is None else rows.filter(**{f"{field}__in": codes})
