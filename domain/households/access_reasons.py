"""Why an access to a household was right, as far as the roster knows; and which households are special to a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar
from unicodedata import normalize

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery

from accounts.access import visible_schools
from accounts.models import User
from audit.detection.reasons import Explainer, Marker, register_explainer, register_related, register_watched
from audit.detection.sharing import once
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
OWN_ACCOUNT = "振込先の名義か口座が、氏名が本人と同じ人と重なる世帯"
OWN_ADDRESS = "住所が、氏名が本人と同じ人の世帯と同じ世帯"


def register() -> None:
    register_explainer(Explainer("E2", "名簿取込の要確認", open_problems), "households")
    register_explainer(Explainer("E6", "転入学・状況の変更", moved), "households")
    register_watched(Marker("支援措置", hidden))
    register_related(Marker("氏名・住所・口座", related))


def moved(user: User, subjects: Sequence[Subject], day: date) -> dict[Subject, str]:
    """E6: enrolment, leaving or a change of status within 45 days, at a school of the person's.

    The yearly row from 1 April, which every pupil has with the year's first roster (進級), is no change where the 就学状況 stays:
    it would explain every access of the spring.
    """
    since = day - timedelta(days=DAYS_AFTER_MOVE)

    def wanted(homes: set[int]) -> Iterable[int]:
        pupils = _of_schools(user, Pupil.objects.filter(member__household__in=homes), "school__code")
        recent = Q(enrolled_on__range=(since, day)) | Q(left_on__range=(since, day))
        periods = StatusPeriod.objects.filter(
            pupil__in=pupils, recorded_at__date__range=(since, day), starts_on__gte=since, voided_at=None
        ).exclude(_yearly())
        return {
            *pupils.filter(recent).values_list("member__household_id", flat=True),
            *periods.values_list("pupil__member__household_id", flat=True),
        }

    return subjects_in(subjects, wanted, f"{DAYS_AFTER_MOVE}日以内の転入学・転出・状況の変更")


def _yearly() -> Q:
    """Rows from the first day of a fiscal year on that say what the row before said, or that have none before them."""
    before = StatusPeriod.objects.filter(
        pupil=OuterRef("pupil"), starts_on__lt=OuterRef("starts_on"), voided_at=None
    ).order_by("-starts_on")
    changed = ~Q(attendance=Subquery(before.values("attendance")[:1]))
    return Q(starts_on__month=4, starts_on__day=1) & ~(Exists(before) & changed)


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
    """Compared here and told as a word: the person's own name, a colleague's, an account that pays the person, an address or
    account shared with a household in which the person's name stands, or the surname at an own school.

    Addresses and accounts of staff are not held. Those of a household with the person's name are: so far, and no further,
    they can be compared.
    """
    homes = homes_of(subjects)
    names: dict[int, set[str]] = {}
    for home, key in Member.objects.filter(household__in=set(homes.values())).values_list("household_id", "name_key"):
        names.setdefault(home, set()).add(key)
    own = fold_name(user.display_name)
    staff = {name for pk, name in once("households.staff", _staff) if pk != user.pk}
    namesakes = _namesakes(user, set(homes.values()))
    joined = _joined(user, own, set(homes.values()))
    found = {}
    for subject, home in homes.items():
        if own and own in names.get(home, ()):
            found[subject] = SAME_PERSON
        elif staff & names.get(home, set()):
            found[subject] = COLLEAGUE
        elif home in joined:
            found[subject] = joined[home]
        elif home in namesakes:
            found[subject] = SAME_SURNAME
    return found


def _staff() -> list[tuple[int, str]]:
    return [(pk, fold_name(name)) for pk, name in User.objects.order_by().values_list("pk", "display_name")]


def _joined(user: User, own: str, homes: set[int]) -> dict[int, str]:
    """Households whose account is in the person's name, or that share account or address with one where that name stands."""
    rows = Household.objects.filter(pk__in=homes).values_list("pk", "address", *_ACCOUNT, "account_holder")
    owned = Household.objects.filter(members__name_key=own) if own else Household.objects.none()
    known = list(owned.values_list("address", *_ACCOUNT))
    addresses = {_place(address) for address, *_ in known} - {""}
    accounts = {tuple(account) for _, *account in known if all(account)}
    kana = fold_name(user.kana)
    found = {}
    for pk, address, *account, holder in rows:
        if (kana and fold_name(holder) == kana) or tuple(account) in accounts:
            found[pk] = OWN_ACCOUNT
        elif _place(address) in addresses:
            found[pk] = OWN_ADDRESS
    return found


def _place(address: str) -> str:
    """An address without its width and spaces; hyphens stay, for 1-23 is not 12-3."""
    return "".join(normalize("NFKC", address).split())


_ACCOUNT = ("bank_code", "branch_code", "account_type", "account_number")


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
