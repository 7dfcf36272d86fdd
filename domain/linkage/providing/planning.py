"""Which copies are to be added, changed, deleted: what was paid against what the other side accepted, never against what was sent.

While nothing is provided by the rules of the day, every copy that is held is to be deleted, whether the person stays or leaves: the other
side answers with it by itself, and it would no longer follow what is paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone

from domain.linkage.exchange.adapters import settings_in_force
from domain.linkage.models import Copy, CopyLine, PersonLine, Registration
from domain.linkage.providing.figures import Act, Cause, Change, Figures, change_for
from domain.linkage.providing.rules import rules_on
from domain.linkage.providing.sources import paid_rows
from domain.vault import modes
from domain.vault.disposal import first_day_kept
from domain.vault.services import numbers_held

Key = tuple[int, int]
"""Member and fiscal year."""


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """`changes`: what is to be sent, by member and fiscal year. The others: how many wait, and for what.

    `unregistered`: the person is not known to 統合宛名 yet, or the 廃止 is out.
    `under_way`: a line of the copy is out or its result unknown.
    `refused`: the other side refused exactly this, and nobody said that it was put right.
    """

    changes: Mapping[Key, Change]
    unregistered: int
    under_way: int
    refused: int


def plan_copies() -> CopyPlan:
    """As the facts are now. Fourteen queries at most, whatever the size; nothing is changed."""
    today = timezone.localdate()
    first, provided = first_day_kept(today, modes.rules().keep_years).year, rules_on(today).provided
    paid, copies = paid_rows(first), {(one.member_id, one.fiscal_year): one for one in Copy.objects.all()}
    people = {member for member, _ in [*paid, *copies]}
    known, gone = registered(people), _gone(people, provided=provided)
    busy, refused = _under_way(), _refused()
    changes: dict[Key, Change] = {}
    waiting = {"unregistered": 0, "under_way": 0, "refused": 0}
    for key, change in _changes(paid, copies, gone, first):
        if key in busy:
            waiting["under_way"] += 1
        elif change.act is Act.ADD and known is not None and key[0] not in known:
            waiting["unregistered"] += 1
        elif refused.get(key) == (change.act, change.figures):
            waiting["refused"] += 1
        else:
            changes[key] = change
    return CopyPlan(changes, **waiting)


def _changes(
    paid: Mapping[Key, Figures], copies: Mapping[Key, Copy], gone: Mapping[int, CopyLine.Cause], first: int
) -> Iterator[tuple[Key, Change]]:
    for key in sorted({*paid, *copies}):
        member, year = key
        why = gone.get(member) or (Cause.EXPIRED if year < first else None)
        change = change_for(paid.get(key), held_by(copies.get(key)), why)
        if change is not None:
            yield key, change


def held_by(copy: Copy | None) -> Figures | None:
    """What the other side holds; None when it holds nothing."""
    if copy is None or copy.amount is None or copy.period_from is None or copy.period_to is None:
        return None
    return Figures(copy.amount, copy.period_from, copy.period_to)


def _gone(people: set[int], *, provided: bool) -> dict[int, CopyLine.Cause]:
    """Who may no longer be told of, whatever was paid, and why."""
    stopped = {} if provided else dict.fromkeys(people, Cause.STOPPED)
    return stopped | dict.fromkeys(_purged(people), Cause.PURGED)


def registered(people: Iterable[int]) -> set[int] | None:
    """Who is known to 統合宛名 and not about to leave it; None where its own clerks register and we are not told."""
    if not settings_in_force().workflow.registers:
        return None
    line = PersonLine.objects.filter(registration=OuterRef("pk"), kind=PersonLine.Kind.WITHDRAW)
    leaving = Exists(line.filter(result=PersonLine.Result.OPEN))
    done = Registration.objects.filter(~leaving, state__in=Registration.KNOWN, member__in=list(people))
    return set(done.values_list("member_id", flat=True))


def _purged(people: set[int]) -> set[int]:
    """Whose number was disposed of. Only where numbers are held at all: a copy is made for nobody without one there."""
    if modes.rules().mode != modes.Mode.HELD or registered(()) is None:
        return set()
    return people - numbers_held(people)


def _under_way() -> set[Key]:
    lines = CopyLine.objects.filter(state__in=CopyLine.UNDER_WAY)
    return set(lines.values_list("copy__member_id", "copy__fiscal_year"))


def _refused() -> dict[Key, tuple[str, Figures]]:
    """The last line of each copy, where it was refused and not put right since."""
    newest = CopyLine.objects.exclude(state=CopyLine.State.DROPPED).order_by("copy", "-pk").distinct("copy")
    lines = CopyLine.objects.filter(pk__in=newest.values("pk"), state=CopyLine.State.REFUSED, corrected=False)
    return {
        (line.copy.member_id, line.copy.fiscal_year): (line.act, Figures(line.amount, line.period_from, line.period_to))
        for line in lines.select_related("copy")
    }
