"""From a decision to the pupils: each pupil's own category, and the status rows that payments look at.

The household's category stays on the determination; nothing here writes it into a pupil's row.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence

from domain.households.models import Pupil, StatusPeriod
from domain.statements.models import Computation, Determination, PupilCategory

Kind = Determination.Kind


def keep_pupil_categories(determinations: Sequence[Determination]) -> None:
    """Each pupil's own category as the receipt gives it; a member with two enrolments has it at both schools."""
    pupils: dict[tuple[int, str], list[int]] = defaultdict(list)
    found = _with_statements(determinations)
    households = [row.statement.household_id for row in found]
    enrolments = Pupil.objects.filter(member__household__in=households)
    for pk, household, key in enrolments.values_list("pk", "member__household_id", "member__key"):
        pupils[household, key].append(pk)
    rows = [
        PupilCategory(determination=row, pupil_id=pk, category=category, reason=reason)
        for row in found
        for key, category, reason in pupils_of(row.computation)
        for pk in pupils[row.statement.household_id, key]
    ]
    PupilCategory.objects.bulk_create(rows, batch_size=2000)


def pupils_of(computation: Computation) -> Iterable[tuple[str, int | None, str]]:
    """Member key, category and reason of each pupil in a receipt."""
    for pupil in computation.receipt["result"]["pupils"]:
        yield str(pupil["key"]), pupil["category"], str(pupil["reason"])


def give_pupils_their_category(determinations: Sequence[Determination]) -> None:
    """Write the category into the status rows from the effective date on, until a later decision of the same year begins.

    Rows before it keep what they had.
    """
    spans: dict[tuple[datetime.date, datetime.date | None, int | None], list[int]] = defaultdict(list)
    from_until = _spans(determinations)
    rows = PupilCategory.objects.filter(determination__in=list(from_until))
    for determination, pupil, category in rows.values_list("determination", "pupil", "category"):
        spans[(*from_until[determination], category)].append(pupil)
    for (day, until, category), pupils in spans.items():
        _split_status(pupils, day)
        held = StatusPeriod.objects.filter(pupil__in=pupils, starts_on__gte=day)
        (held if until is None else held.filter(starts_on__lt=until)).update(category=category)


def _spans(determinations: Sequence[Determination]) -> dict[int, tuple[datetime.date, datetime.date | None]]:
    """Determination → its first day, and the first day of the next decision in force (None: to the end)."""
    others: dict[int, list[tuple[int, str, datetime.date]]] = defaultdict(list)
    approved = Determination.objects.filter(root__in={row.root_id for row in determinations}).exclude(approved_by=None)
    for root, statement, kind, day in approved.values_list("root", "statement", "kind", "effective_from"):
        others[root].append((statement, kind, day))
    spans = {}
    for row in determinations:
        final = {statement for statement, kind, _ in others[row.root_id] if kind == Kind.FINAL}
        days = (
            day
            for statement, kind, day in others[row.root_id]
            if day > row.effective_from and (kind == Kind.FINAL or statement not in final)
        )
        spans[row.pk] = (row.effective_from, min(days, default=None))
    return spans


def _split_status(pupils: Sequence[int], day: datetime.date) -> None:
    """Where a status row began before `day` and still holds, an equal one begins on `day`."""
    holding = StatusPeriod.objects.filter(pupil__in=pupils, starts_on__lte=day)
    new = []
    for row in holding.order_by("pupil_id", "-starts_on").distinct("pupil_id"):
        if row.starts_on < day and row.attendance != StatusPeriod.Attendance.LEFT:
            row.pk, row.starts_on = None, day
            row.recorded_by, row.reason = "", StatusPeriod.BY_DECISION
            new.append(row)
    StatusPeriod.objects.bulk_create(new, batch_size=1000)


def _with_statements(determinations: Sequence[Determination]) -> Sequence[Determination]:
    return list(
        Determination.objects.filter(pk__in=[row.pk for row in determinations]).select_related(
            "statement", "computation"
        )
    )
