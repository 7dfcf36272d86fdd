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
