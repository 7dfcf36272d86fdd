"""Values that a roster would put in the place of registered ones: shown before it is taken in, and written only if shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from domain.households.importing import values
from domain.households.models import Household, Member, Pupil, RosterChange, RosterImport, StatusPeriod
from domain.households.roster.layout import HOUSEHOLDS, MEMBERS, PUPILS
from web.dates import to_wareki
from web.formatting import format_moment, mask_account

HIDDEN = "（支援措置のため表示しません）"
PROTECTED = "支援措置の項目"
"""Stands for all guarded columns of a household under 支援措置, whether or not the roster has another value in one of them."""
NOTHING = "（なし）"
_LIMITS = {"subject": 80, "column": 40, "before": 240, "after": 240}
_TOLD = ("sheet", "household_number", "subject", "column", "before", "after", "stamp")
"""What is the same change when the file is compared again."""
_MASKED = frozenset({"account_number"})


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """One value of `stored` (column `name`, "" for the whole record) in the words of `before` and `after`."""

    sheet: str
    row: int
    household_number: str
    subject: str
    column: str
    before: str
    after: str
    stamp: str = ""
    stored: Model | None = None
    name: str = ""

    @property
    def told(self) -> tuple[str, ...]:
        """As it is kept."""
        return tuple(getattr(self, name)[: _LIMITS.get(name)] for name in _TOLD)


def is_protected(household: Household, found: values.Differences) -> bool:
    """By the record as it was, or as the roster would have it."""
    return household.address_hidden or "address_hidden" in found


def shown_of(household: Household, found: values.Differences) -> values.Differences:
    """The differences that are told, and counted, by their columns."""
    if not is_protected(household, found):
        return found
    return {name: pair for name, pair in found.items() if name not in values.GUARDED}


def of_household(household: Household, row: int, found: values.Differences) -> list[Change]:
    """Of a household under 支援措置 what is guarded is one line, there even if nothing differs: else it would tell guesses right."""
    lines = _of(household, household, HOUSEHOLDS.name, row, "世帯", shown_of(household, found))
    if is_protected(household, found):
        place = (HOUSEHOLDS.name, row, household.number, "世帯")
        lines.append(Change(*place, PROTECTED, HIDDEN, HIDDEN, _stamp(household)))
    return lines


def of_member(household: Household, member: Member, stored: Model, row: int, found: values.Differences) -> list[Change]:
    """`stored`: the member, or the 所得証明書 of the year."""
    return _of(household, stored, MEMBERS.name, row, f"構成員 {member.key} {member.name}", found)


def of_pupil(pupil: Pupil, row: int, found: values.Differences) -> list[Change]:
    return _of(pupil.member.household, pupil, PUPILS.name, row, _pupil(pupil), found)


def of_period(pupil: Pupil, row: int, period: StatusPeriod, found: values.Differences) -> list[Change]:
    subject = f"{_pupil(pupil)}の状況（{to_wareki(period.starts_on)}から）"
    return _of(pupil.member.household, period, PUPILS.name, row, subject, found)


def of_period_come_or_gone(pupil: Pupil, row: int, period: StatusPeriod, *, come: bool) -> Change:
    column, state = f"状況（{to_wareki(period.starts_on)}から）", period.get_attendance_display()
    before, after = (NOTHING, state) if come else (state, NOTHING)
    return Change(PUPILS.name, row, pupil.member.household.number, _pupil(pupil), column, before, after)


def of_new_member(household: Household, added: tuple[Member, int]) -> Change:
    """`added`: the person and the row of the sheet."""
    member, row = added
    subject = f"構成員 {member.key}"
    return Change(MEMBERS.name, row, household.number, subject, "世帯に加わる人", NOTHING, member.name)


def unseen(roster: RosterImport, found: Iterable[Change]) -> list[Change]:
    """Those that were not shown. What a person decided to adopt was shown beside the registered value."""
    shown = set(roster.changes.values_list(*_TOLD))
    adopted = roster.decisions.get("adopt", [])
    return [each for each in found if each.household_number not in adopted and each.told not in shown]


def keep(roster: RosterImport, found: Sequence[Change]) -> None:
    """Instead of those kept before."""
    touched = _touched(found)
    roster.changes.all().delete()
    rows = [_row(roster, each, touched.get((_identity(each.stored), each.name), "")) for each in found]
    RosterChange.objects.bulk_create(rows, batch_size=1_000)


def _of(
    household: Household, stored: Model, sheet: str, row: int, subject: str, found: values.Differences
) -> list[Change]:
    return [
        Change(
            sheet=sheet,
            row=row,
            household_number=household.number,
            subject=subject,
            column=values.title(stored, name),
            before=told(stored, name, old),
            after=told(stored, name, new),
            stamp=_stamp(household) if name in _MASKED else "",
            stored=stored,
            name=name,
        )
        for name, (old, new) in found.items()
        if not name.endswith("_key") and name != "maintained_by"
    ]


def told(stored: Model, name: str, value: Any) -> str:
    """A value in words; of an account number only what the page of the household shows."""
    return mask_account(value) if name in _MASKED and value else values.in_words(stored, name, value)


@lru_cache(maxsize=1)
def guarded_columns() -> frozenset[str]:
    """The titles of what a line shows neither by name nor by value while its household is under 支援措置."""
    return frozenset({PROTECTED, *(values.title(Household(), name) for name in values.GUARDED)})


def _stamp(household: Household) -> str:
    """Moves when the record changes, so that another value behind what is not shown is noticed."""
    return household.updated_at.isoformat() if household.updated_at else ""


def _pupil(pupil: Pupil) -> str:
    return f"{pupil.student_number} {pupil.name}"


def _row(roster: RosterImport, change: Change, touched: str = "") -> RosterChange:
    kept = dict(zip(_TOLD, change.told, strict=True))
    return RosterChange(roster=roster, row=change.row, touched=touched[:200], **kept)


def _identity(stored: Model | None) -> tuple[str, str]:
    return (type(stored).__name__, str(stored.pk)) if stored is not None else ("", "")


def _touched(found: Iterable[Change]) -> dict[tuple[tuple[str, str], str], str]:
    """By record and column: when and by whom it was last changed on a page; what imports wrote is in no log of changes."""
    by_model: dict[type[Model], set[str]] = defaultdict(set)
    for change in found:
        if change.stored is not None and change.stored.pk is not None:
            by_model[type(change.stored)].add(str(change.stored.pk))
    said: dict[tuple[tuple[str, str], str], str] = {}
    for model, keys in by_model.items():
        kind = ContentType.objects.get_for_model(model)
        entries = LogEntry.objects.filter(
            content_type=kind, object_pk__in=keys, action=LogEntry.Action.UPDATE
        ).select_related("actor")
        for entry in entries.order_by("timestamp"):
            for name in entry.changes or {}:
                said[(model.__name__, entry.object_pk), name] = _by(entry)
    return said


def _by(entry: LogEntry) -> str:
    return f"{entry.actor.display_name if entry.actor else ''} {format_moment(entry.timestamp)}".strip()
