"""Which 支弁区分 of a pupil was known when: for settling what was paid with a category that is no longer valid.

The name other rooms use: `KnownCategories.of(pupils)`, for all pupils in two queries, with `known_on(pupil, day, as_of)`,
`valid_on(pupil, day)` and `days_of(pupil)`.

Rules, all from the determinations and never from the status rows, which say only what is valid now:

- A decision is known from the moment its second person approved it (`approved_at`).
- It holds from `effective_from` to the end of its fiscal year; of several the one that began last holds.
- A 仮決定 counts until the final decision of its own 調書 is known; then it never counted (追給・戻入 settle the difference).
- It belongs to the member: an enrolment at another school has the same category.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.households.models import Pupil
from domain.statements.intake import year_ends_on
from domain.statements.models import Determination, PupilCategory

Kind = Determination.Kind


@dataclass(frozen=True, slots=True)
class Known:
    """A pupil's own category by one decision. `category` None: no payment (完全辞退, or a 仮区分 that pays nothing)."""

    category: int | None
    provisional: bool
    effective_from: datetime.date
    decided_at: datetime.datetime
    determination: int
    statement: int
    ends_on: datetime.date

    def covers(self, day: datetime.date) -> bool:
        return self.effective_from <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class KnownCategories:
    """Decisions of some pupils, by pupil id."""

    decisions: Mapping[int, Sequence[Known]]

    @classmethod
    def of(cls, pupils: Iterable[int]) -> KnownCategories:
        """Two queries, whatever the number of pupils."""
        members = dict(Pupil.objects.filter(pk__in=list(pupils)).values_list("pk", "member_id"))
        of_members = _of_members(set(members.values()))
        return cls({pupil: of_members.get(member, ()) for pupil, member in members.items()})

    def known_on(self, pupil: int, day: datetime.date, as_of: datetime.datetime) -> Known | None:
        """The category of an expense of `day` as one knew it at `as_of`; None where nothing was decided."""
        decided = [one for one in self.decisions.get(pupil, ()) if one.decided_at <= as_of]
        return _in_force(decided, day)

    def valid_on(self, pupil: int, day: datetime.date) -> Known | None:
        """The category of an expense of `day` by everything that is decided today."""
        return _in_force(self.decisions.get(pupil, ()), day)

    def days_of(self, pupil: int) -> list[datetime.date]:
        """First days of all decisions, in order: between two of them no category changes."""
        return sorted({one.effective_from for one in self.decisions.get(pupil, ())})


def _in_force(decisions: Iterable[Known], day: datetime.date) -> Known | None:
    known = list(decisions)
    final = {one.statement for one in known if not one.provisional}
    holding = [one for one in known if one.covers(day) and not (one.provisional and one.statement in final)]
    return max(holding, key=lambda one: (one.effective_from, one.decided_at), default=None)


def _of_members(members: set[int]) -> dict[int, list[Known]]:
    rows = PupilCategory.objects.filter(pupil__member__in=members).filter(determination__approved_at__isnull=False)
    columns = rows.values_list(
        "pupil__member",
        "category",
        "determination__kind",
        "determination__effective_from",
        "determination__approved_at",
        "determination_id",
        "determination__statement",
        "determination__statement__fiscal_year",
    )
    found: dict[int, dict[int, Known]] = defaultdict(dict)
    for member, category, kind, first, decided_at, determination, statement, fiscal_year in columns:
        if decided_at is None:
            continue
        found[member][determination] = Known(
            category, kind == Kind.PROVISIONAL, first, decided_at, determination, statement, year_ends_on(fiscal_year)
        )
    return {member: list(decisions.values()) for member, decisions in found.items()}
