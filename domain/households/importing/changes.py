"""Values that a roster would put in the place of registered ones: shown before it is taken in, and written only if shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from domain.households.importing import values
from domain.households.models import Household, Member, Pupil, RosterChange, RosterImport, StatusPeriod
from domain.households.roster.layout import HOUSEHOLDS, MEMBERS, PUPILS
from web.dates import to_wareki
from web.formatting import format_moment

HIDDEN = "（支援措置のため表示しません）"
NOTHING = "（なし）"
_LIMITS = {"subject": 80, "column": 40, "before": 240, "after": 240, "touched": 200}


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
    def key(self) -> tuple[str, ...]:
        """What is the same change when the file is compared again."""
        return (self.sheet, self.household_number, self.subject, self.column, self.before, self.after, self.stamp)


def of_household(household: Household, row: int, found: values.Differences) -> list[Change]:
    return _of(household, household, HOUSEHOLDS.name, row, "世帯", found)


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
    names = ("sheet", "household_number", "subject", "column", "before", "after", "stamp")
    shown = set(roster.changes.values_list(*names))
    adopted = roster.decisions.get("adopt", [])
    return [
        each
        for each in found
        if each.household_number not in adopted
        and tuple(getattr(_row(roster, each), name) for name in names) not in shown
    ]


def keep(roster: RosterImport, found: Sequence[Change]) -> None:
    """Instead of those kept before."""
    touched = _touched(found)
    roster.changes.all().delete()
    rows = [_row(roster, each, touched.get((_identity(each.stored), each.name), "")) for each in found]
    RosterChange.objects.bulk_create(rows, batch_size=1_000)


def _of(
    household: Household, stored: Model, sheet: str, row: int, subject: str, found: values.Differences
) -> list[Change]:
    guarded = household.address_hidden or "address_hidden" in found  # by the record as it is, or as it will be

    def words(name: str, value: Any) -> str:
        return HIDDEN if guarded and name in values.GUARDED else values.in_words(stored, name, value)

    stamp = household.updated_at.isoformat() if guarded and household.updated_at else ""
    return [
        Change(
            sheet=sheet,
            row=row,
            household_number=household.number,
            subject=subject,
            column=values.title(stored, name),
            before=words(name, old),
            after=words(name, new),
            stamp=stamp if name in values.GUARDED else "",
            stored=stored,
            name=name,
        )
        for name, (old, new) in found.items()
        if not name.endswith("_key") and name != "maintained_by"
    ]


def _pupil(pupil: Pupil) -> str:
    return f"{pupil.student_number} {pupil.name}"


def _row(roster: RosterImport, change: Change, touched: str = "") -> RosterChange:
    told = {name: getattr(change, name) for name in ("subject", "column", "before", "after")} | {"touched": touched}
    cut = {name: text[: _LIMITS[name]] for name, text in told.items()}
    number = change.household_number
    return RosterChange(
        roster=roster, sheet=change.sheet, row=change.row, household_number=number, stamp=change.stamp, **cut
    )


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
