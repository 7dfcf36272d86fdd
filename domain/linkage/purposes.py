"""What the 事務コード of the link are for, told to the watch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from audit.detection.purposes import DAYS_BACK, Screen, register_purpose
from audit.trail.entries import Subject
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.linkage.models import Inquiry, Registration
from domain.vault.lists import people_to_register
from domain.vault.purposes import ids_of, named, purpose
from web.moments import start_of

_PAGE = Screen(Event.READ_LINKAGE_SHOWN)
_UNSETTLED = (Inquiry.Match.REVIEW, Inquiry.Match.MISMATCH)


def register() -> None:
    lists = (Screen(Event.READ_LIST_SHOWN, "linkage:people"), Screen(Event.READ_SHEET_SHOWN))
    register_purpose(purpose("V01", _to_register, _any_to_register, _PAGE, *lists))
    register_purpose(purpose("V03", _in_review, _any_in_review, _PAGE))


def _to_register(members: Sequence[Subject], on: date) -> set[Subject]:
    """Not 照会可 yet, or only of late; or never told to 統合宛名."""
    ids = ids_of(members)
    there = Registration.objects.filter(member__in=ids)
    under_way = there.filter(_on_the_way(on)).values_list("member", flat=True)
    without = Member.objects.filter(pk__in=ids).exclude(pk__in=there.values("member")).values_list("pk", flat=True)
    return named({*under_way, *without})


def _any_to_register(on: date) -> bool:
    return Registration.objects.filter(_on_the_way(on)).exists() or people_to_register().exists()


def _on_the_way(on: date) -> Q:
    over = (Registration.State.READY, Registration.State.WITHDRAWN)
    return ~Q(state__in=over) | Q(since__gte=start_of(on - timedelta(days=DAYS_BACK)))


def _in_review(members: Sequence[Subject], on: date) -> set[Subject]:
    """An answer does not agree with our record, and is unsettled or was settled lately."""
    return named(_reviews(on).filter(member__in=ids_of(members)).values_list("member", flat=True))


def _any_in_review(on: date) -> bool:
    return _reviews(on).exists()


def _reviews(on: date) -> QuerySet[Inquiry]:
    since = start_of(on - timedelta(days=DAYS_BACK))
    return Inquiry.objects.filter(Q(settled_at=None) | Q(settled_at__gte=since), match__in=_UNSETTLED)
