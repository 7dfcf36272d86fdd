"""Lists that the other side did not give: each noted once, and one refused for good not asked for again by itself.

Refused for good (`NotAccepted`) a list is left alone until another version of the configuration is in force or a person asks again.
One of the last days stands for the whole kind, one of an earlier window for that window. What went wrong on the way (unreadable,
too late) is asked for with the next run, and counted; it is an event again only after the list came in between.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Max, Min, QuerySet, Sum
from django.utils import timezone

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage.exchange.masking import without_numbers
from domain.linkage.incoming import windows
from domain.linkage.models import AdapterConfiguration, Batch, ListRefusal
from domain.linkage.starting import start_incoming
from integrations.atena_adapters.port import (
    Listed,
    ListKind,
    NotAccepted,
    Outcome,
    Pending,
    Problem,
    ProblemCode,
    reason_of,
    title,
)
from jobs.models import Job

TITLES: Mapping[str, str] = {ListKind.INCOMING: "保留された照会", ListKind.RECORDS: "情報提供等記録"}
"""What each list is called for people."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was not given, of one kind and reason, as the pages tell it. `whole`: of the last days, so (for good) of every day."""

    title: str
    reason: str
    since: datetime
    whole: bool
    windows: int
    times: int
    last: datetime


def standing() -> QuerySet[ListRefusal]:
    """Refused for good under the configuration in force, and nobody asked again."""
    version = AdapterConfiguration.objects.filter(retired_at=None).values("version")
    return ListRefusal.objects.filter(final=True, ended_at=None, adapter_version__in=version)


def kinds_to_ask() -> list[ListKind]:
    """The kinds that are not refused as a whole."""
    refused = set(standing().filter(whole=True).values_list("kind", flat=True))
    return [kind for kind in ListKind if kind.value not in refused]


def windows_of(kind: ListKind) -> list[windows.Window]:
    """The windows of a kind that are refused, each for itself."""
    found = standing().filter(kind=kind, whole=False).values_list("batch__covers_from", "batch__covers_until")
    return [(first, last) for first, last in found if first and last]


def told() -> dict[str, list[Told]]:
    """For the pages: `refused` for good, and `missing`, what went wrong on the way so far. Two queries."""
    passing = ListRefusal.objects.filter(final=False, ended_at=None)
    return {"refused": _told(standing()), "missing": _told(passing)}


def _told(found: QuerySet[ListRefusal]) -> list[Told]:
    """By kind and reason, those of the last days first."""
    groups = found.order_by().values_list("kind", "reason", "whole").annotate(
        since=Min("at"), windows=Count("pk"), often=Sum("times"), last=Max("last_at")
    )  # fmt: skip
    return [
        Told(TITLES[kind], reason, since, whole, count, times, last)
        for kind, reason, whole, since, count, times, last in groups.order_by("-whole", "kind", "reason")
    ]


def note(batch: Batch, outcomes: Mapping[str, Outcome]) -> list[Problem]:
    """Keep what of a complete answer was not given and end what came again; the problems that were not told before.

    What is refused for good does not wait for the next run any more either.
    """
    decided = [kind for kind, outcome in outcomes.items() if isinstance(outcome, Listed | NotAccepted)]
    _passing(batch).filter(kind__in=decided).update(ended_at=timezone.now(), ended_by=current_actor().name)
    missing = {kind: one for kind, one in outcomes.items() if not isinstance(one, Listed | Pending)}
    return [problem for kind, outcome in missing.items() if (problem := _noted(batch, kind, outcome))]


def ask_again() -> int:
    """A person asks for what was refused: the next run does. How many refusals that ended."""
    with transaction.atomic():
        rows = list(standing().select_for_update())
        ListRefusal.objects.filter(pk__in=[one.pk for one in rows]).update(
            ended_at=timezone.now(), ended_by=current_actor().name
        )
        if rows:
            subjects = [Subject("file", str(batch)) for batch in sorted({one.batch_id for one in rows})]
            kinds = sorted({one.kind for one in rows})
            record(Event.LINKAGE_LIST_REOPENED, subjects=subjects, detail={"lists": list(kinds), "refusals": len(rows)})
    return len(rows)


def ask_and_start_incoming(operator: Mapping[str, str] | None = None) -> Job:
    """受け取って回答を送る, pressed by a person: what was refused is asked for as well."""
    ask_again()
    return start_incoming(operator)


def given_of(asked: Collection[str], outcomes: Mapping[str, Outcome]) -> list[str]:
    """The kinds of a batch whose days count as fetched."""
    return [kind for kind in asked if isinstance(outcomes.get(kind), Listed)]


def _passing(batch: Batch) -> QuerySet[ListRefusal]:
    """What went wrong on the way with the last days, or with the days of an earlier window, as the batch was one or the other."""
    found = ListRefusal.objects.filter(final=False, ended_at=None)
    if windows.is_recent(batch):
        return found.filter(whole=True)
    return found.filter(
        whole=False, batch__covers_from__gte=batch.covers_from, batch__covers_until__lte=batch.covers_until
    )


def _noted(batch: Batch, kind: str, outcome: Outcome) -> Problem | None:
    reason = without_numbers(reason_of(outcome) or title(outcome))[:200]
    final = isinstance(outcome, NotAccepted)
    before = (standing() if final else _passing(batch)).filter(kind=kind, reason=reason)
    known = before.exists()
    if known and not final:
        _count(batch, before)
        return None
    _, new = ListRefusal.objects.get_or_create(
        batch=batch, kind=kind,
        defaults={
            "final": final, "whole": windows.is_recent(batch), "reason": reason, "adapter_version": batch.adapter_version,
        },
    )  # fmt: skip
    return Problem(ProblemCode.CONFLICT, _text(TITLES[kind], reason, final=final)) if new and not known else None


def _count(batch: Batch, before: QuerySet[ListRefusal]) -> None:
    """Once more. The same answer read twice counts once: the batch is collected then, and its row locked by who reads it."""
    if not Batch.objects.filter(pk=batch.pk, collected_at__isnull=False).exists():
        before.exclude(batch=batch).update(times=F("times") + 1, last_at=timezone.now())


def _text(name: str, reason: str, *, final: bool) -> str:
    if final:
        return (
            f"一覧「{name}」を断られました（{reason}）。宛名接続の設定が変わるか、「受け取って回答を送る」を"
            "人が押すまで、もう求めません。"
        )
    return f"一覧「{name}」を受け取れませんでした（{reason}）。次の受領で同じ期間をもう一度求めます。"
