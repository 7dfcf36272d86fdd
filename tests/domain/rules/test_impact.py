"""影響試算: nothing changes against itself, directions turn round, schools add up, and the reason is the true one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.rules import Category, IncomeAbsence, IncomeFacts, Pack, case_to_json, load_pack, payment_case_to_json
from domain.rules.commands.running import BAD_INPUT, DONE, run
from domain.rules.impact import (
    Direction,
    Impact,
    ImpactCase,
    Place,
    PupilExpenses,
    compare,
    compare_in_parallel,
    reason_of,
    summary_json,
)
from domain.rules.impact.lines import impact_of_lines
from tests.domain.rules.building import expense, family, household, member, pupil, status

ROOT = Path(__file__).parents[3]
PACK = load_pack("R07-former-standard", ("sample-operator",))


def with_first_boundary(pack: Pack, below: Fraction, digest: str = "sha256:other") -> Pack:
    """The pack with Ⅰ ending at `below` times the need."""
    first = replace(pack.boundaries[0], below=below)
    return replace(pack, boundaries=(first, *pack.boundaries[1:]), digest=digest)


def with_more_need(pack: Pack, number: int = 2) -> Pack:
    """The pack with its first component counted `number` times as often."""
    first = pack.need.components[0]
    raised = replace(first, times_a_year=first.times_a_year * number)
    need = replace(pack.need, components=(raised, *pack.need.components[1:]))
    return replace(pack, need=need, digest="sha256:raised")


RICHER = with_more_need(PACK)
NARROW = with_first_boundary(PACK, Fraction(1))
cases = st.builds(
    lambda ages, income, school, number: ImpactCase(str(number), school, family([40, *ages], income)),
    st.lists(st.integers(0, 60), min_size=1, max_size=5),
    st.integers(0, 12_000_000),
    st.sampled_from(["S1", "S2", "S3"]),
    st.integers(0, 10_000),
)
many = st.lists(cases, max_size=12)


def year_of(amount: int = 10_000, category: Category | None = Category.II) -> PupilExpenses:
    return PupilExpenses("m2", pupil(expense("school_supplies", amount), statuses=(status(category),)))


@given(many)
def test_a_pack_against_itself_changes_nothing(households: list[ImpactCase]) -> None:
    impact = compare(PACK, PACK, households)
    assert impact.empty
    assert impact.total.households == len(households)
    assert all(old is new for old, new in impact.total.moves)


@given(many, st.sampled_from([RICHER, NARROW]))
def test_directions_turn_round_when_the_packs_are_swapped(households: list[ImpactCase], other: Pack) -> None:
    there, back = compare(PACK, other, households), compare(other, PACK, households)
    assert there.total.moves == {(new, old): number for (old, new), number in back.total.moves.items()}
    turned = {Direction.MORE: Direction.LESS, Direction.LESS: Direction.MORE, Direction.OPEN: Direction.OPEN}
    assert [each.direction for each in there.movers] == [turned[each.direction] for each in back.movers]
    for one, two in zip(there.movers, back.movers, strict=True):
        assert {(s.component, s.before, s.after) for s in one.shifts} == {
            (s.component, s.after, s.before) for s in two.shifts
        }


@given(many)
def test_schools_add_up_to_the_total(households: list[ImpactCase]) -> None:
    total = compare(PACK, RICHER, households).total
    apart = [
        compare(PACK, RICHER, [each for each in households if each.school == school]).total
        for school in ("S1", "S2", "S3")
    ]
    assert total.households == sum(each.households for each in apart) == len(households)
    assert total.movers == sum(each.movers for each in apart)
    assert total.moves == sum((each.moves for each in apart), type(total.moves)())


@given(many)
def test_components_explain_the_whole_difference(households: list[ImpactCase]) -> None:
    for mover in compare(PACK, RICHER, households).movers:
        assert mover.need_before is not None
        assert mover.need_after is not None
        need = sum(shift.after - shift.before for shift in mover.shifts if shift.side == "need")
        assert need == mover.need_after - mover.need_before
        assert mover.income_before == mover.income_after


@given(many)
def test_who_moves_upwards_crossed_the_limit_that_is_named(households: list[ImpactCase]) -> None:
    for mover in compare(PACK, RICHER, households).movers:
        assert mover.direction is Direction.MORE
        assert mover.crossings
        for crossing in mover.crossings:
            assert mover.income_before is not None
            assert crossing.limit_before <= mover.income_before < crossing.limit_after


def test_a_moved_boundary_is_the_reason() -> None:
    limit = PACK.boundaries[0].below
    assert limit is not None
    households = [ImpactCase(str(n), "S", family([40, 38, 9], n * 100_000)) for n in range(80)]
    impact = compare(PACK, NARROW, households)
    assert impact.movers
    for mover in impact.movers:
        assert (mover.before, mover.after, mover.direction) == (Place.I, Place.II, Direction.LESS)
        assert mover.causes == ("boundary",)
        assert mover.shifts == ()
        assert "区分Ⅰの上限" in reason_of(mover)
        assert "下回らなくなる" in reason_of(mover)


def test_the_component_that_moved_is_named_with_its_difference() -> None:
    impact = compare(PACK, RICHER, [ImpactCase("h", "S", family([40, 38, 9], 3_600_000))])
    (mover,) = impact.movers
    first = PACK.need.components[0]
    assert next(shift.component for shift in mover.shifts) == first.id
    assert mover.causes == ("need",)
    assert first.title in reason_of(mover)
    assert impact.components["need", first.id].households == 1


def test_a_deduction_that_is_added_shows_on_the_income_side() -> None:
    rule = replace(PACK.income, deducts=(*PACK.income.deducts, "single_parent_deduction"))
    other = replace(PACK, income=rule)
    facts = IncomeFacts(3_500_000, single_parent_deduction=350_000)
    boundary = compare(
        PACK,
        other,
        [
            ImpactCase(str(n), "S", household(member("a", 40, replace(facts, total=n * 100_000)), member("b", 9)))
            for n in range(60)
        ],
    )
    assert boundary.movers
    for mover in boundary.movers:
        assert mover.causes == ("income",)
        assert ("income", "single_parent_deduction", 0, -350_000) in {
            (s.side, s.component, s.before, s.after) for s in mover.shifts
        }


def test_costs_follow_the_category_of_each_pack() -> None:
    case = family([40, 38, 9], 3_600_000)
    there = compare(PACK, RICHER, [ImpactCase("h", "S", case, (year_of(),))])
    (mover,) = there.movers
    assert (mover.before, mover.after) == (Place.II, Place.I)
    assert mover.paid_after > mover.paid_before > 0
    (line,) = there.payments
    assert line[:2] == ("h", "S")
    assert (line[2].item, line[2].before, line[2].after) == ("school_supplies", mover.paid_before, mover.paid_after)
    assert there.total.paid() == (mover.paid_before, mover.paid_after)


def test_a_category_decided_anew_in_the_year_is_kept() -> None:
    other = PupilExpenses("m2", pupil(expense("school_supplies", 10_000), statuses=(status(Category.III),)))
    impact = compare(PACK, RICHER, [ImpactCase("h", "S", family([40, 38, 9], 3_600_000), (other,))])
    assert len(impact.movers) == 1
    assert impact.payments == []


def test_a_second_enrolment_has_only_what_the_first_left_of_the_cap() -> None:
    huge = 10_000_000
    case = family([40, 38, 9], 3_600_000)
    once = compare(PACK, PACK, [ImpactCase("h", "S", case, (year_of(huge),))]).total.paid()
    twice = compare(PACK, PACK, [ImpactCase("h", "S", case, (year_of(huge), year_of(huge)))]).total.paid()
    assert once == twice


def test_facts_that_contradict_each_other_stop_nobody_else() -> None:
    wrong = replace(family([40, 9]), fiscal_year=2020)
    impact = compare(PACK, RICHER, [ImpactCase("a", "S", wrong), ImpactCase("b", "S", family([40, 9]))])
    assert impact.total.moves[Place.STOPPED, Place.STOPPED] == 1
    assert impact.total.households == 2


def test_a_row_that_is_absent_is_named() -> None:
    base = load_pack("R07-former-standard")
    case = family([40, 9], welfare=True)
    impact = compare(PACK, base, [ImpactCase("h", "S", case)])
    (mover,) = impact.movers
    assert (mover.after, mover.direction, mover.causes) == (Place.STOPPED, Direction.OPEN, ("missing",))
    assert impact.missing_after == {"special/welfare": 1}


def test_only_movers_are_kept() -> None:
    impact = compare(PACK, NARROW, (ImpactCase(str(n), "S", family([40, 38, 9], n * 10_000)) for n in range(1000)))
    moved = sum(number for (old, new), number in impact.total.moves.items() if old is not new)
    assert 0 < len(impact.movers) == moved < 200


def test_progress_is_told_up_to_the_end() -> None:
    seen: list[int] = []
    compare(PACK, PACK, (ImpactCase(str(n), "S", family([40, 9])) for n in range(1100)), progress=seen.append)
    assert seen == [500, 1000, 1100]


def of_range(batch: tuple[int, int]) -> Iterator[ImpactCase]:
    for number in range(*batch):
        yield ImpactCase(str(number), f"S{number % 3}", family([40, 38, 9], number * 10_000))


def _same(one: Impact, other: Impact) -> bool:
    return one.movers == other.movers and summary_json(one) == summary_json(other)


def test_several_processes_find_the_same() -> None:
    batches = [(0, 150), (150, 300), (300, 450)]
    seen: list[int] = []
    alone = compare(PACK, RICHER, of_range((0, 450)))
    together = compare_in_parallel(PACK, RICHER, batches, of_range, workers=2, progress=seen.append)
    assert alone.movers
    assert _same(alone, together)
    assert _same(alone, compare_in_parallel(PACK, RICHER, batches, of_range, workers=1))
    assert seen == [150, 300, 450]


def line_of(case: ImpactCase) -> str:
    return json.dumps(
        {"pack": "R07-former-standard", "key": case.key, "school": case.school, **case_to_json(case.case)}
    )


@settings(max_examples=20)
@given(many)
def test_lines_give_what_the_objects_give(households: list[ImpactCase]) -> None:
    assert _same(impact_of_lines(PACK, RICHER, map(line_of, households)), compare(PACK, RICHER, households))


NAMES = ["R07-former-standard+sample-operator", "R07-former-standard"]


def test_the_command_prints_a_summary() -> None:
    lines = "\n".join(line_of(ImpactCase(str(n), "S", family([40, 9], welfare=True))) for n in range(3))
    code, answer = run(["impact", *NAMES], lines)
    assert code == DONE
    found = json.loads(answer)
    assert found["total"]["households"] == found["total"]["movers"] == 3
    assert found["total"]["directions"] == {"more": 0, "less": 0, "open": 3}
    assert [each["key"] for each in found["movers"]] == ["0", "1", "2"]
    assert found["before"]["name"] == NAMES[0]


@pytest.mark.parametrize(
    ("arguments", "text", "words"),
    [
        (["impact", "no-such", NAMES[1]], "", "no-such"),
        (["impact", *NAMES], "{", "1行目"),
        (["impact", *NAMES], '\n{"key": "a"}', "2行目"),
        (["impact", *NAMES], '{"key": 1.5}', "小数"),
        (
            ["impact", *NAMES],
            '{"members": [], "living_cost_grade": "1-1", "winter_zone": "VI", "x": 1}',
            "知らない項目",
        ),
        (["impact", NAMES[0]], "", "使い方"),
    ],
)
def test_bad_input_is_refused_with_its_line(arguments: list[str], text: str, words: str) -> None:
    code, answer = run(arguments, text)
    assert code == BAD_INPUT
    assert words in answer


def test_a_line_may_bring_its_expenses() -> None:
    case = family([40, 38, 9], 3_600_000)
    paid = {"member": "m2", "case": payment_case_to_json(year_of().case)}
    line = json.dumps({"school": "S", "payments": [paid], **case_to_json(case)})
    found = impact_of_lines(PACK, RICHER, [line])
    assert found.total == compare(PACK, RICHER, [ImpactCase("1", "S", case, (year_of(),))]).total
    assert found.total.paid()[0] > 0


def test_a_pack_of_another_year_is_tried_at_the_same_ages() -> None:
    later = replace(PACK, fiscal_year=2028, digest="sha256:later")
    leap = family([40, 38, 9], 3_000_000)
    people = (replace(leap.members[0], born=date(1984, 2, 29)), *leap.members[1:])
    impact = compare(PACK, later, [ImpactCase("h", "S", replace(leap, members=people), (year_of(),))])
    assert impact.empty
    assert impact.total.moves == {(Place.II, Place.II): 1} or impact.total.moves == {(Place.I, Place.I): 1}


def command(arguments: list[str], text: str) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, "-m", "domain.rules", *arguments]
    return subprocess.run(asked, input=text, capture_output=True, check=False, text=True, cwd=ROOT, timeout=120)


def test_many_lines_are_shared_out_with_progress_and_bad_ones_are_named() -> None:
    lines = [
        line_of(ImpactCase(str(n), f"S{n % 3}", family([40, 9], n * 2_000, welfare=n % 100 == 0))) for n in range(4_500)
    ]
    done = command(["impact", *NAMES], "\n".join(lines))
    assert done.returncode == DONE
    found = json.loads(done.stdout)
    assert found["total"]["households"] == 4_500
    assert found["total"]["movers"] == 45
    assert [each["key"] for each in found["movers"]] == [str(n) for n in range(0, 4_500, 100)]
    assert done.stderr.splitlines()[-1] == "4,500世帯"
    lines[4_321] = "{}"
    wrong = command(["impact", *NAMES], "\n".join(lines))
    assert wrong.returncode == BAD_INPUT
    assert wrong.stdout == ""
    assert "4322行目" in wrong.stderr.splitlines()[-1]
    assert "Traceback" not in wrong.stderr


def test_a_household_without_income_counts_as_not_computable_under_both() -> None:
    case = household(member("a", 40, IncomeAbsence.UNDECLARED), member("b", 9, special_needs=True))
    impact = compare(PACK, RICHER, [ImpactCase("h", "S", case)])
    assert impact.empty
    assert impact.total.moves == {(Place.STOPPED, Place.STOPPED): 1}
