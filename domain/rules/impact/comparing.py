"""compare(): every household under both packs; only counts, sums and those who move are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from domain.rules.assessment.assessing import Assessment, assess
from domain.rules.cases import Category, HouseholdCase
from domain.rules.errors import CaseError
from domain.rules.impact.costs import Paid, payments_of
from domain.rules.impact.model import (
    PLACES,
    ComponentTotal,
    Direction,
    Impact,
    ImpactCase,
    ItemMove,
    Mover,
    Place,
    Tally,
    direction_of,
)
from domain.rules.impact.reasons import causes_of, crossings_of, shifts_of
from domain.rules.yearpack.model import Pack

PROGRESS_SIZE = 500
"""Households between two reports of progress."""

Progress = Callable[[int], None]


def pack_name(pack: Pack) -> str:
    """Name of a pack with its overlays, joined by `+`."""
    return "+".join([pack.name, *pack.overlays])


def compare(before: Pack, after: Pack, cases: Iterable[ImpactCase], *, progress: Progress | None = None) -> Impact:
    """Impact of `after` in the place of `before`.  `progress` is told how many households are done.

    A pack of another year is tried on the same households at the same ages; their expenses are then left out.

    The cases may be a stream: nothing of a household is kept but its counts, unless it moves.  A household whose facts
    contradict themselves or the pack's year counts as not computable under that pack.
    """
    impact = Impact((pack_name(before), before.digest), (pack_name(after), after.digest))
    done, same = 0, _formula(before) == _formula(after)
    years = after.fiscal_year - before.fiscal_year
    for done, case in enumerate(cases, start=1):
        old = _assessed(before, case.case)
        new = old if same else _assessed(after, moved(case.case, years) if years else case.case)
        _one(impact, (before, after), (old, new), case)
        if progress is not None and done % PROGRESS_SIZE == 0:
            progress(done)
    if progress is not None:
        progress(done)
    return impact


def _formula(pack: Pack) -> tuple[object, ...]:
    """All that a category comes from: where it is the same, one assessment serves both."""
    return pack.fiscal_year, pack.need, pack.income, pack.ages, pack.boundaries, pack.special


def _one(
    impact: Impact, packs: tuple[Pack, Pack], found: tuple[Assessment | None, Assessment | None], case: ImpactCase
) -> None:
    old, new = found
    tally = impact.school(case.school)
    tally.households += 1
    was, becomes = _place(old), _place(new)
    tally.moves[was, becomes] += 1
    pupils = _pupil_moves(old, new, tally)
    if old is not None and new is not None and old.annual_need != new.annual_need:
        tally.needs_changed += 1
    paid = (0, 0)
    if case.payments and packs[0].fiscal_year == packs[1].fiscal_year:
        paid = _costs(impact, tally, packs, found, case)
    if was is becomes and not any(one is not other for _, one, other in pupils):
        return
    _note_missing(impact, old, new)
    tally.movers += 1
    mover = _mover(case, (was, becomes), found, pupils, paid)
    impact.movers.append(mover)
    for shift in mover.shifts:
        held = impact.components.setdefault((shift.side, shift.component), ComponentTotal(shift.title))
        held.households += 1
        held.difference += shift.after - shift.before


def moved(case: HouseholdCase, years: int) -> HouseholdCase:
    """The same household so many years later: everybody is as old as now, so that only the rules differ."""
    year = case.fiscal_year + years
    members = tuple(replace(member, born=_later(member.born, years)) for member in case.members)
    return replace(case, fiscal_year=year, base_date=_later(case.base_date, years), members=members)


def _later(day: date, years: int) -> date:
    """The same day of another year; 29 February becomes the day before 1 March, on which the law counts the same age."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=day.day - 1)


def _assessed(pack: Pack, case: HouseholdCase) -> Assessment | None:
    try:
        return assess(pack, case)
    except CaseError:
        return None


def _place(assessment: Assessment | None) -> Place:
    if assessment is None or assessment.missing:
        return Place.STOPPED
    return PLACES[assessment.category]


def _pupil_moves(old: Assessment | None, new: Assessment | None, tally: Tally) -> list[tuple[str, Place, Place]]:
    """Each pupil's place under both packs, counted."""
    if old is None and new is None:
        return []
    was, becomes = _pupil_places(old), _pupil_places(new)
    found = [(key, was.get(key, Place.STOPPED), becomes.get(key, Place.STOPPED)) for key in was or becomes]
    for _, one, other in found:
        tally.pupil_moves[one, other] += 1
    return found


def _pupil_places(assessment: Assessment | None) -> dict[str, Place]:
    if assessment is None:
        return {}
    if assessment.missing:
        return {pupil.key: Place.STOPPED for pupil in assessment.pupils}
    return {pupil.key: PLACES[pupil.category] for pupil in assessment.pupils}


def _costs(
    impact: Impact,
    tally: Tally,
    packs: tuple[Pack, Pack],
    found: tuple[Assessment | None, Assessment | None],
    case: ImpactCase,
) -> tuple[int, int]:
    known, now = _categories(found[0]), _categories(found[1])
    old, stopped_before = payments_of(packs[0], case.payments, known, known)
    new, stopped_after = payments_of(packs[1], case.payments, known, now)
    tally.unpaid_lines[0] += stopped_before
    tally.unpaid_lines[1] += stopped_after
    changed = _item_moves(old, new)
    for key in {**old, **new}:
        tally.cost(key[1:], old.get(key, 0), new.get(key, 0))
    impact.payments += [(case.key, case.school, move) for move in changed]
    tally.payments_changed += len({move.pupil for move in changed})
    return sum(old.values()), sum(new.values())


def _categories(assessment: Assessment | None) -> dict[str, Category | None]:
    if assessment is None or assessment.missing:
        return {}
    return {pupil.key: pupil.category for pupil in assessment.pupils}


def _item_moves(old: Paid, new: Paid) -> list[ItemMove]:
    keys = {**old, **new}
    moves = [ItemMove(*key, old.get(key, 0), new.get(key, 0)) for key in keys]
    return [move for move in moves if move.before != move.after]


def _note_missing(impact: Impact, old: Assessment | None, new: Assessment | None) -> None:
    for assessment, counter in ((old, impact.missing_before), (new, impact.missing_after)):
        if assessment is None:
            counter["case"] += 1
        else:
            counter.update(each.name for each in assessment.missing if each.kind == "row")


def _mover(
    case: ImpactCase,
    places: tuple[Place, Place],
    found: tuple[Assessment | None, Assessment | None],
    pupils: list[tuple[str, Place, Place]],
    paid: tuple[int, int],
) -> Mover:
    old, new = found
    both = old is not None and new is not None and old.complete and new.complete
    shifts = shifts_of(old, new) if both and old and new else ()
    crossings = crossings_of(old, new) if both and old and new else ()
    return Mover(
        case.key,
        case.school,
        *places,
        _direction(places, pupils),
        old.income if old else None,
        new.income if new else None,
        old.annual_need if old else None,
        new.annual_need if new else None,
        shifts,
        crossings,
        tuple(pupils),
        causes_of(old, new, shifts),
        *paid,
    )


def _direction(places: tuple[Place, Place], pupils: list[tuple[str, Place, Place]]) -> Direction:
    """The household's, or where it stays that of the first pupil who moves."""
    if places[0] is not places[1]:
        return direction_of(*places)
    return next(direction_of(old, new) for _, old, new in pupils if old is not new)
