"""おとりの世帯 (signal 34): made-up households that no duty leads to. Whoever opens one is asked why.

They lie in a table of their own and reach two places alone, the search of households and a household's page. No statement,
payment, report, list, inquiry or count reads that table, so none can contain one. Their keys come from the households' own
numbering, so that a page's address tells nothing and no later household has the same.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, overload

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet, Subquery

from accounts.access import visible_schools
from accounts.models import User
from accounts.permissions import Permission
from accounts.text import shortened
from audit.detection import tuning
from audit.detection.errors import LooseningClosed
from audit.detection.models import Loosening
from audit.detection.reasons import CANARY, Marker, register_watched
from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.entries import Subject
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.households import made_up
from domain.households.models import CanaryHousehold, Household, Member, Pupil, School
from domain.households.queries import Criteria, with_members
from web.dates import to_wareki
from web.text import fold_name, normalise_digits

SEEDED = "導入時の登録"
LONGEST = 200
NEIGHBOURS = 50
_GAP = re.compile(r"\s")
_KANA = re.compile("[ァ-ヶ]")
_UNKNOWN = {"winter_zone": 6, "living_cost_grade": "2-1"}
"""Where it lies before there is any household to take it from."""

_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


def register() -> None:
    register_watched(Marker("おとり", mark))
    tuning.register_canaries(remove)


def place(school: School, user: User) -> CanaryHousehold:
    """Make one up for a school. The event names neither it nor its school: who reads the trail need not know it."""
    return _place(school, user.display_name)


def seed() -> bool:
    """One for a prefecture that is being brought in, at a school drawn by chance; nothing where there is one, or no school.

    Nobody of the operator's or the prefecture's learns from this which it is; the 情報セキュリティ管理者 sees it on おとりの世帯.
    """
    if CanaryHousehold.objects.exists() or not (schools := list(School.objects.filter(closed_on=None))):
        return False
    _place(secrets.choice(schools), SEEDED)
    return True


def after_roster(*, is_first: bool) -> None:
    """Households have come, and with them the shape of their numbers, their towns and their names: one that was placed before has
    others from now on. The first roster of all seeds one where the onboarding knew no school. Once taken away, none comes back by
    itself."""
    with acting_as(Actor(ActorKind.SYSTEM, "canaries", SEEDED, "")):
        if is_first:
            seed()
    for canary in CanaryHousehold.objects.select_related("school"):
        shapes = {_shape(home.number) for home in _homes_near(canary.school).only("number")}
        is_shaped = not shapes or _shape(canary.number) in shapes
        is_named = not made_up.is_of_the_reserve(canary.guardian_name)
        if not is_shaped:
            canary.number = _number(canary.school)
            _settle(canary)
        if not is_named:
            _name(canary)
        if not (is_shaped and is_named):
            _write_as_its_neighbours(canary)
            canary.save()


def _place(school: School, placed_by: str) -> CanaryHousehold:
    with transaction.atomic():
        made = CanaryHousehold(
            pk=_next_key(),
            number=_number(school),
            guardian_born=date(1978, 1, 1) + timedelta(days=secrets.randbelow(3_650)),
            child_born=date(2010, 4, 2) + timedelta(days=secrets.randbelow(3_000)),
            student_number=f"{secrets.randbelow(10**6):06}",
            school=school,
            placed_by=placed_by,
        )
        _name(made)
        _settle(made)
        _write_as_its_neighbours(made)
        made.save(force_insert=True)
        record(Event.WATCH_CANARY_PLACED)
    return made


def _name(canary: CanaryHousehold) -> None:
    family = made_up.family()
    canary.guardian_name, canary.guardian_kana = family.of(family.parent)
    canary.child_name, canary.child_kana = family.of(family.child)


class LastCanary(Exception):
    """`households.last-canary`: without any, the rule is switched off, by one person alone."""

    def __init__(self) -> None:
        super().__init__("最後のおとりの世帯は取り除けません。先に別のおとりの世帯を置いてください。")


def ask_removal(canary: CanaryHousehold, user: User) -> None:
    """Any one less waits for a second person, who is told the schools and no household: placed by one person alone at a quiet
    school, another one must not stand in for those that are met. Raises LastCanary and tuning's CanaryWaiting."""
    left = CanaryHousehold.objects.exclude(pk=canary.pk).order_by("school__code")
    schools = Counter(left.values_list("school__name", flat=True))
    if not schools:
        raise LastCanary
    remain = "、".join(f"{name} {number}世帯" for name, number in schools.items())
    what = f"{canary.school.name}のおとりの世帯（{to_wareki(canary.placed_on)}に置いたもの）。残るもの: {remain}"
    tuning.ask_canary_removal(canary.pk, shortened(what, LONGEST), user)


def remove(pk: int) -> str:
    """Once a second person agreed; tells how many there were. Raises LooseningClosed for the last one, or one no longer there."""
    placed = CanaryHousehold.objects.select_for_update().order_by("pk").in_bulk()
    if pk not in placed:
        raise LooseningClosed("取り除き済み")
    if len(placed) == 1:
        raise LooseningClosed("最後のおとりの世帯")
    placed[pk].delete()
    record(Event.WATCH_CANARY_REMOVED)
    return f"{len(placed)}世帯"


def waiting() -> dict[int, datetime]:
    """Those whose removal waits for a second person, and since when."""
    asked = Loosening.objects.filter(kind=Loosening.Kind.CANARY, state=Loosening.State.PROPOSED)
    return {row.canary: row.proposed_at for row in asked if row.canary is not None}


def visible(user: User) -> QuerySet[CanaryHousehold]:
    """To those who would see a household of that school."""
    codes = visible_schools(user, Permission.VIEW_HOUSEHOLD)
    rows = CanaryHousehold.objects.select_related("school")
    return rows if codes is None else rows.filter(school__code__in=codes)


def found_by(user: User, criteria: Criteria) -> list[CanaryHousehold]:
    """What a search by words comes upon: as a household, by 世帯番号 from its beginning or a name from anywhere in it."""
    if not criteria.text or criteria.state not in ("", "enrolled"):
        return []
    number, key = normalise_digits(criteria.text), fold_name(criteria.text)
    rows = visible(user).filter(school__code=criteria.school) if criteria.school else visible(user)
    starts = number.casefold()
    return [
        row
        for row in rows
        if row.number.casefold().startswith(starts) or (key and any(key in name for name in _keys(row)))
    ]


class Among(Sequence[Household]):
    """Households that words were searched for, with those made up where the order puts them: counted and cut as one list.

    The database orders both at once, so that a name written with another sign stands where its own rules put it. It is asked as
    often whether one is there or not: with each page a household is fetched that is not shown, for a page of made-up ones alone.
    """

    def __init__(self, households: QuerySet[Household], made_up: Sequence[CanaryHousehold], sort: str) -> None:
        self._households, self._sort = households, sort
        self._made_up = {row.pk: row for row in made_up}

    def __len__(self) -> int:
        return self._households.count() + len(self._made_up)

    @overload
    def __getitem__(self, part: int) -> Household: ...
    @overload
    def __getitem__(self, part: slice) -> list[Household]: ...
    def __getitem__(self, part: int | slice) -> Household | list[Household]:
        return self._cut(part) if isinstance(part, slice) else self._cut(slice(part, part + 1))[0]

    def _cut(self, part: slice) -> list[Household]:
        keys = ("pk", self._sort.lstrip("-"))
        made_up = CanaryHousehold.objects.filter(pk__in=self._made_up).values_list(*keys)
        both = self._households.order_by().values_list(*keys).union(made_up, all=True)
        wanted = [pk for pk, _ in both.order_by(self._sort, "pk")[part]]
        unshown = Household.objects.order_by("pk").values("pk")[:1]
        fetched = with_members(Household.objects.filter(Q(pk__in=wanted) | Q(pk=Subquery(unshown))))
        real = {household.pk: household for household in fetched}
        made = {pk: as_household(row) for pk, row in self._made_up.items()}
        return [made.get(pk) or real[pk] for pk in wanted if pk in made or pk in real]


def as_household(canary: CanaryHousehold) -> Household:
    """As the pages know a household: built in memory, never saved."""
    home = Household(
        pk=canary.pk,
        number=canary.number,
        guardian_name=canary.guardian_name,
        guardian_kana=canary.guardian_kana,
        address=canary.address,
        account_holder=canary.guardian_kana.translate(_KATAKANA) if canary.facts.get("account_number") else "",
        maintained_by=canary.school,
        **_UNKNOWN | canary.facts,
    )
    guardian = Member(pk=0, household=home, key="1", name=canary.guardian_name, kana=canary.guardian_kana)
    guardian.born, guardian.is_guardian, guardian.relation = canary.guardian_born, True, "本人"
    child = Member(pk=0, household=home, key="2", name=canary.child_name, kana=canary.child_kana, relation="子")
    child.born, child.school_name, child.stage = canary.child_born, canary.school.name, Member.Stage.ELEMENTARY
    pupil = Pupil(pk=0, school=canary.school, member=child, student_number=canary.student_number)
    pupil.name, pupil.kana, pupil.enrolled_on = canary.child_name, canary.child_kana, canary.placed_on
    _fetched(guardian, {"enrolments": Pupil.objects.none()})
    _fetched(pupil, {"periods": []})
    _fetched(child, {"enrolments": [pupil]})
    _fetched(home, {"members": [guardian, child]})
    return home


def mark(_: User, subjects: Sequence[Subject]) -> dict[Subject, str]:
    """For the watch: those of the subjects that are one."""
    ids = {int(one.id): one for one in subjects if one.kind == "household" and one.id.isdigit() and len(one.id) < 19}
    return {ids[pk]: CANARY for pk in CanaryHousehold.objects.filter(pk__in=ids).values_list("pk", flat=True)}


def _fetched(row: Model, relations: Mapping[str, Any]) -> None:
    """As if the relations had been prefetched: what is made up has no rows."""
    vars(row)["_prefetched_objects_cache"] = relations


def _keys(row: CanaryHousehold) -> list[str]:
    return [fold_name(name) for name in (row.guardian_name, row.guardian_kana, row.child_name, row.child_kana)]


def _next_key() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('households_household', 'id'))")
        return int(cursor.fetchone()[0])


def _shape(number: str) -> str:
    """H29-000123 → H29-000000: what stays of the number beside its last digits, as `_number` keeps it."""
    return number[:-6] + "".join("0" if sign.isdigit() else sign for sign in number[-6:])


def _homes_near(school: School) -> QuerySet[Household]:
    """The school's households, newest first; everybody's where it has none yet."""
    rows = Household.objects.order_by("-pk")
    own = rows.filter(maintained_by=school)
    return own if own.exists() else rows


def _settle(canary: CanaryHousehold) -> None:
    """It lives, is called and is paid like the school's newest, but like none whose address is to be hidden (支援措置)."""
    near = _homes_near(canary.school).filter(address_hidden=False)[:NEIGHBOURS]
    canary.address, canary.facts = made_up.place_and_facts(list(near))


def _write_as_its_neighbours(canary: CanaryHousehold) -> None:
    """Names spaced and kana written as in the school's newest household: a line of the list tells nothing."""
    model = _homes_near(canary.school).first()
    if model is None:
        return
    for name in ("guardian_name", "child_name"):
        setattr(canary, name, _spaced(getattr(canary, name), model.guardian_name))
    for kana in ("guardian_kana", "child_kana"):
        written = _spaced(getattr(canary, kana), model.guardian_kana)
        setattr(canary, kana, written.translate(_KATAKANA) if _KANA.search(model.guardian_kana) else written)


def _spaced(name: str, model: str) -> str:
    gap = _GAP.search(model)
    return _GAP.sub(gap.group() if gap else "", name)


def _number(school: School) -> str:
    """Of the shape that numbers there have, and nobody's."""
    newest = _homes_near(school).first()
    model = newest.number if newest else "00000000"
    while True:
        tail = (str(secrets.randbelow(10)) if sign.isdigit() else sign for sign in model[-6:].rjust(6, "0"))
        number = model[:-6] + "".join(tail)
        if not Household.objects.filter(number=number).exists():
            return number
