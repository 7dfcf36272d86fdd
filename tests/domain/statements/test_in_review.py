"""Which records are a list that a person goes through as their work, as the watch is told."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.roles import Role
from audit.detection.gathering import day_of
from audit.trail.entries import Subject
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event
from domain.statements.models import Statement
from tests.domain.test_access_reasons import home_of
from tests.support.records import YEAR, acting, school, staff


def test_what_waits_for_the_boards_review_is_a_list_to_go_through_and_a_schools_is_not(in_a: Any) -> None:
    clerk = staff(Role.SCHOOL_CLERK, "reason-clerk", "S01")
    board = staff(Role.BOARD_OFFICER, "reason-board")
    home = home_of()
    opened = Subject("household", str(home.pk))
    Statement.objects.create(household=home, fiscal_year=YEAR, school=school("S01"))
    for person in (clerk, board):
        with acting(person):
            record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[opened])
    today = timezone.localdate()
    assert day_of(clerk, today).in_review == frozenset(), "explained, and still no list to go through in order"
    assert day_of(board, today).in_review == frozenset()
    Statement.objects.update(state="forwarded")
    assert day_of(board, today).in_review == {opened}


def test_a_line_of_a_roster_that_waits_is_part_of_a_batch(in_a: Any) -> None:
    from domain.households.models import RosterImport, RosterProblem

    clerk = staff(Role.SCHOOL_CLERK, "reason-clerk", "S01")
    home, other = home_of(number="00001"), home_of(number="00002")
    roster = RosterImport.objects.create(
        school=school("S01"), fiscal_year=YEAR, file_name="名簿.xlsx", digest="0" * 64, created_by="見本"
    )
    RosterProblem.objects.create(
        roster=roster, sheet="世帯", row=3, severity="warning", code="x", message="確認", household_number=home.number
    )
    for one in (home, other):
        with acting(clerk):
            record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", str(one.pk))])
    assert day_of(clerk, timezone.localdate()).in_batch == {Subject("household", str(home.pk))}
