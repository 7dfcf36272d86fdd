"""What the 事務コード of the vault are for, told to the watch: about whom there is such work, and on which pages it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from audit.detection.purposes import DAYS_BACK, Purpose, Screen, register_purpose
from audit.trail.entries import Subject
from audit.trail.models import TrailRequest
from audit.trail.vocabulary import Event
from domain.households.homes import homes_of
from domain.vault import modes
from domain.vault.disposal import first_day_kept, no_longer_needed
from domain.vault.duties import duty_of
from domain.vault.models import NumberConflict, PersonNumber, PurgeLine, PurgeRun
from web.moments import start_of

Fits = Callable[[Sequence[Subject], date], set[Subject]]

DUPLICATES = "vault:duplicates"
"""In the detail of the list of duplicates: where a correction begins."""

_CORRECTED = (PersonNumber.Ended.LEAKED, PersonNumber.Ended.CORRECTED, PersonNumber.Ended.REPLACED)
_OPEN_RUNS = (PurgeRun.State.PROPOSED, PurgeRun.State.APPROVED)


def register() -> None:
    register_purpose(purpose("V02", _corrected, _always, Screen(Event.READ_LIST_SHOWN, DUPLICATES)))
    register_purpose(purpose("V04", _requested, _any_request, Screen(Event.READ_TRAIL_SHOWN)))
    register_purpose(purpose("V05", _to_dispose, _any_to_dispose))
    register_purpose(purpose("V06", _nobody, _never))


def purpose(code: str, fits: Fits, in_season: Callable[[date], bool], *screens: Screen) -> Purpose:
    """Under the words that people choose it by."""
    duty = duty_of(code)
    return Purpose(code, duty.label if duty else code, fits, in_season, frozenset(screens))


def ids_of(members: Sequence[Subject]) -> list[int]:
    return [int(member.id) for member in members if member.id.isdigit()]


def named(ids: Iterable[int]) -> set[Subject]:
    return {Subject("member", str(pk)) for pk in ids}


def _corrected(members: Sequence[Subject], on: date) -> set[Subject]:
    """A duplicate is open or was settled lately, or a number was changed lately."""
    ids, since = ids_of(members), start_of(on - timedelta(days=DAYS_BACK))
    fresh = Q(settled_at=None) | Q(settled_at__gte=since)
    pairs = NumberConflict.objects.filter(fresh, Q(member__in=ids) | Q(other__in=ids)).values_list("member", "other")
    changed = PersonNumber.objects.filter(member__in=ids, ended__in=_CORRECTED, held_until__gte=since)
    return named({pk for pair in pairs for pk in pair} | set(changed.values_list("member", flat=True)))


def _requested(members: Sequence[Subject], on: date) -> set[Subject]:
    """A request about the household's records is open, or was answered lately."""
    asked = [Subject(kind, pk) for kind, pk in _requests(on).values_list("subject_kind", "subject_id") if pk]
    homes = set(homes_of(asked).values())
    return {member for member, home in homes_of(members).items() if home in homes}


def _any_request(on: date) -> bool:
    return _requests(on).exists()


def _requests(on: date) -> QuerySet[TrailRequest]:
    return TrailRequest.objects.filter(
        Q(decision="") | Q(answered_on__gte=on - timedelta(days=DAYS_BACK)), received_on__lte=on
    )


def _to_dispose(members: Sequence[Subject], on: date) -> set[Subject]:
    found = _disposable(on).filter(member__in=ids_of(members))
    return named(set(found.values_list("member", flat=True)))


def _any_to_dispose(on: date) -> bool:
    return _disposable(on).exists()


def _disposable(on: date) -> QuerySet[PersonNumber]:
    """On a list that waits to be disposed of, or past its years."""
    listed = PurgeLine.objects.filter(run__state__in=_OPEN_RUNS).values("number_id")
    before = first_day_kept(on, modes.rules().keep_years)
    left, former = (no_longer_needed(rule, before).values("pk") for rule in (PurgeRun.Rule.LEFT, PurgeRun.Rule.FORMER))
    return PersonNumber.objects.filter(Q(pk__in=listed) | Q(pk__in=left) | Q(pk__in=former))


def _nobody(_: Sequence[Subject], __: date) -> set[Subject]:
    """An audit leaves no trace in our data: whoever has one gives the rule a dated exception."""
    return set()


def _always(_: date) -> bool:
    """A family may hand in a changed number on any day."""
    return True


def _never(_: date) -> bool:
    return False
