"""Reasons people give and slips they mend: what fits a purpose, what is the same reason, what counts once, what a paper explains."""

from __future__ import annotations

import pytest

from audit.detection.purposes import Screen, Standing
from audit.detection.rules import AllowedWords
from audit.trail.vocabulary import Event
from tests.audit.detection.signals.days import after, day, event, household, opened
from tests.audit.detection.signals.test_day_rules import MEMBERS, USER, USUAL, WALK, ask, reveals, standing

E = Event


def test_a_page_of_the_purpose_opened_before_makes_it_fit_and_one_opened_after_does_not() -> None:
    shown = reveals(3, 3, "R07-1", "V03", start=10)
    page = event(E.READ_LINKAGE_SHOWN, after(9), MEMBERS[0])
    assert ask("purpose_mismatch", day(page, *shown, purposes=standing())) == [], "of one of the three"
    for other in (
        event(E.READ_LINKAGE_SHOWN, after(11), MEMBERS[0]),
        event(E.READ_LINKAGE_SHOWN, after(9), MEMBERS[9]),
        event(E.READ_HOUSEHOLD_SHOWN, after(9), MEMBERS[0]),
        event(E.READ_LINKAGE_SHOWN, after(9), MEMBERS[0], within="another"),
    ):
        assert len(ask("purpose_mismatch", day(other, *shown, purposes=standing()))) == 1


def test_a_list_is_a_page_of_the_purpose_by_its_own_name_alone() -> None:
    lists = {"V02": Standing("訂正", screens=frozenset({Screen(E.READ_LIST_SHOWN, "vault:duplicates")}))}
    shown = reveals(3, 3, "R07-1", "V02", start=10)
    for name, fires in (("vault:duplicates", 0), ("linkage:people", 1)):
        listed = event(E.READ_LIST_SHOWN, after(9), *MEMBERS[:3], list=name)
        assert len(ask("purpose_mismatch", day(listed, *shown, purposes=lists))) == fires


def test_out_of_season_is_said() -> None:
    shown = reveals(3, 3, "R07-1", "V03")
    (found,) = ask("purpose_mismatch", day(*shown, purposes=standing(in_season=False)))
    assert found.sentence.endswith("V03は、この時期、団体のだれについても仕事の記録がない。")
    (found,) = ask("purpose_mismatch", day(*shown, purposes=standing()))
    assert "この時期" not in found.sentence
    assert "V03 突合の確認 3人" in found.sentence


def test_a_reason_used_a_little_each_day_comes_together_over_a_month() -> None:
    earlier = reveals(8, -1440, "定型の 確認")
    two = tuple(event(E.NUMBER_INDIVIDUAL_REVEALED, after(n), MEMBERS[20 + n], case="定型の確認。") for n in range(2))
    (found,) = ask("same_reason", day(*two, reveals_before=earlier))
    assert found.sentence.startswith("同じ案件・理由で30日間に10人の個人番号を表示した（目安 10人。最初は")
    assert found.sentence.endswith("この日に2人）。理由の使い回しのおそれ。")
    assert ask("same_reason", day(two[0], reveals_before=earlier)) == []
    twelve = (
        *earlier,
        *two,
        *(event(E.NUMBER_INDIVIDUAL_REVEALED, after(-9), m, case="定型の確認") for m in MEMBERS[30:32]),
    )
    again = tuple(event(E.NUMBER_INDIVIDUAL_REVEALED, after(n), MEMBERS[n], case="定型の確認") for n in range(3))
    assert ask("same_reason", day(*again, reveals_before=twelve)) == [], (
        "told when the tenth came; the same people again"
    )


def test_one_reason_is_told_once_however_many_follow_and_figures_tell_cases_apart() -> None:
    marks = {ask("same_reason", day(*reveals(count, 3, "調査")))[0].mark for count in range(10, 20)}
    assert len(marks) == 1
    assert ask("same_reason", day(*reveals(20, 3, "調査")))[0].mark not in marks
    cases = [event(E.NUMBER_INDIVIDUAL_REVEALED, after(n), MEMBERS[n], case=f"R07-{n:04}") for n in range(20)]
    assert ask("same_reason", day(*cases)) == []


def test_words_that_the_prefecture_allows_are_no_reason_used_again() -> None:
    allowed = AllowedWords("調 査。", after(-1), after(29))
    other = AllowedWords("訂正", after(-1), after(29))
    assert ask("same_reason", day(*reveals(10, 3, "調査"), allowed_words=(allowed,))) == []
    assert len(ask("same_reason", day(*reveals(10, 3, "調査"), allowed_words=(other,)))) == 1
    assert len(ask("same_reason", day(*reveals(20, 3, "調査"), allowed_words=(allowed,)))) == 1, "ten after its end"


def test_a_slip_mended_counts_with_what_was_typed_before_and_no_more_than_twice_in_a_row() -> None:
    slips = [event(E.READ_SEARCH_SHOWN, after(2 * n), retyped=n % 3 > 0) for n in range(5)]
    assert ask("search_probing", day(*slips)) == []
    assert len(ask("search_probing", day(*slips), 2)) == 1
    endless = [event(E.READ_SEARCH_SHOWN, after(0.5 * n), retyped=n > 0) for n in range(15)]
    assert len(ask("search_probing", day(*endless))) == 1


@pytest.mark.parametrize(
    ("kind", "seconds", "fires"),
    [("role", -0.1, False), ("role", -60, True), ("person", -0.1, True), ("role", 5, True)],
)
def test_a_brief_role_that_a_second_person_approved_has_its_paper(kind: str, seconds: float, fires: bool) -> None:
    about = (
        event(E.ACCOUNT_REQUEST_APPROVED, after(seconds=seconds), USER, kind=kind),
        event(E.ACCOUNT_ROLE_ASSIGNED, after(0), USER, role="approver"),
        event(E.ACCOUNT_ROLE_ENDED, after(60), USER, role="approver"),
    )
    assert bool(ask("brief_role", day(event(E.READ_LIST_SHOWN, after(30)), about=about))) is fires


def test_the_boards_review_goes_through_its_list_in_order_and_one_other_record_is_a_walk() -> None:
    waiting = frozenset(household(number) for number in WALK)
    assert ask("sequential_walk", day(*opened(*WALK), in_review=waiting)) == []
    assert len(ask("sequential_walk", day(*opened(*WALK), in_review=waiting - {household(WALK[7])}))) == 1


def test_lines_of_a_roster_that_wait_are_a_batch_and_make_no_day_too_full() -> None:
    waiting = frozenset(household(number) for number in range(80))
    assert ask("volume", day(*opened(*range(100)), norms=USUAL, in_batch=waiting)) == []
    assert len(ask("volume", day(*opened(*range(180)), norms=USUAL, in_batch=waiting))) == 1
