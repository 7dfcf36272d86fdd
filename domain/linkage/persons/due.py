"""What 統合宛名 has still to be told: 異動 (what differs from the last accepted line), 廃止, and whose 符号 is to be checked."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from domain.linkage.models import Batch, Copy, CopyLine, Inquiry, PersonLine, Registration
from domain.linkage.persons.leaving import no_longer_needed
from domain.linkage.persons.planning import present_number
from domain.linkage.persons.states import State
from integrations.atena_adapters.config import Workflow
from integrations.atena_adapters.port import Capabilities

FACTS = JSONObject(name="member__name", kana="member__kana", born="member__born", address="member__household__address")
"""What a line says about a person, as the records are now."""

CHECK_EVERY = timedelta(minutes=50)
CHECK_LATER = timedelta(hours=23)
HOURLY_FOR = timedelta(days=2)
LONG_WAIT = timedelta(days=3)
"""Who waits longer for the 符号 than this stands on the home page: the way takes hours, not days (atena.md 3.1)."""


def idle(beside: Batch | None = None) -> QuerySet[Registration]:
    """People known to 統合宛名 about whom nothing is under way; `beside`: but for this batch, which is looked at once more."""
    # NOT IN, which is hashed whatever the statistics say. With NOT EXISTS the planner, while a run fills both tables and nobody has
    # counted them yet, compared each person with each line: 3 s for a batch of 1,000 among 10,000 people instead of 5 ms.
    under_way = PersonLine.objects.filter(result=PersonLine.Result.OPEN)
    if beside is not None:
        under_way = under_way.exclude(batch=beside)
    return Registration.objects.exclude(pk__in=under_way.values("registration")).filter(state__in=Registration.KNOWN)


def to_update(beside: Batch | None = None, *, refused_too: bool = False) -> QuerySet[Registration]:
    """People whose name, birth date, address or number differs from what was accepted last, with `now` and `number`.

    Who has no number any more waits for one: a line without it would be due again each time it was accepted.
    What was refused as it is now is not sent again by itself, and so left out but for `refused_too`.
    """
    differs = Q(state=State.NUMBER_CHANGED, number__isnull=False) | ~Q(sent_as=F("now"))
    gone = list(no_longer_needed())
    people = idle(beside).annotate(now=FACTS, number=present_number()).filter(differs)
    people = people.exclude(member__in=gone).order_by("pk")
    return people if refused_too else people.exclude(refused=F("now"))


def to_withdraw(beside: Batch | None = None, *, refused_too: bool = False) -> QuerySet[Registration]:
    """People who are no longer needed, of whom no question is under way and no 副本 is held: the copy is deleted first."""
    asked = Inquiry.objects.filter(member=OuterRef("member_id"), state__in=[Inquiry.State.SENT, Inquiry.State.HELD])
    people = _leaving(beside).filter(~Exists(asked), ~_has_copy())
    return people if refused_too else people.exclude(refused__has_key="withdrawn_on")


def waits_for_copy() -> QuerySet[Registration]:
    """People who are no longer needed, but whose 副本 is held, or may be once a line that is under way was taken."""
    return _leaving().filter(_has_copy())


def _leaving(beside: Batch | None = None) -> QuerySet[Registration]:
    return idle(beside).filter(member__in=list(no_longer_needed())).order_by("pk")


def _has_copy() -> Q:
    held = Copy.objects.filter(member=OuterRef("member_id"), amount__isnull=False)
    under_way = CopyLine.objects.filter(copy__member=OuterRef("member_id"), state__in=CopyLine.UNDER_WAY)
    return Q(Exists(held)) | Q(Exists(under_way))


def to_check(beside: Batch | None = None) -> QuerySet[Registration]:
    """付番済 and 符号取得中 whose 符号 was not looked for lately."""
    now = timezone.now()
    lately = Q(checked_at__gt=now - CHECK_EVERY)
    old_and_today = Q(since__lt=now - HOURLY_FOR, checked_at__gt=now - CHECK_LATER)
    waiting = idle(beside).filter(state__in=[State.REGISTERED, State.ACQUIRING])
    return waiting.filter(Q(checked_at=None) | ~(lately | old_and_today)).order_by("pk")


def long_waits() -> QuerySet[Registration]:
    """Who waits for the 符号 longer than LONG_WAIT."""
    return Registration.objects.filter(state=State.ACQUIRING, since__lt=timezone.now() - LONG_WAIT)


def askable_states(link: Capabilities | Workflow) -> frozenset[State] | None:
    """The states in which a person may be inquired here; None where 統合宛名 registers by itself and we know of nobody."""
    if not link.registers:
        return None
    if link.checks_linkage:
        return frozenset({State.READY})
    return frozenset({State.REGISTERED, State.ACQUIRING, State.READY})
