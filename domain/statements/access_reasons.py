"""Why an access to a household was right, as far as the 調書 know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from accounts.access import visible_schools
from accounts.models import User
from audit.detection.reasons import Explainer, register_explainer
from audit.trail.entries import Subject
from domain.households.homes import of_rows, register_kind, subjects_in
from domain.statements.models import Statement, StatementStep

DAYS_IN_WORK = 45
"""A 調書 is in work for so many days after its last step: one that lies still is no reason to look at it again."""

DAYS_AFTER_FORWARDING = 7
"""A 調書 that has left the school is looked at there once more: on the day itself, and when the board rings."""

_S = Statement.State
AT_SCHOOL = (_S.INTAKE, _S.INQUIRING, _S.CHECKING, _S.READY, _S.COMPUTED, _S.RETURNED)
AT_BOARD = (_S.CHECKING, _S.FORWARDED, _S.PROPOSED, _S.DECIDED)
OPEN = (*AT_SCHOOL, _S.FORWARDED, _S.PROPOSED)


def register() -> None:
    register_kind("statement", *of_rows(Statement.objects.all, "household_id"))
    register_explainer(Explainer("E1", "申請の処理", in_work), "statements")
    register_explainer(Explainer("E4", "再判定", redetermined), "statements")


def in_work(user: User, subjects: Sequence[Subject], day: date) -> dict[Subject, str]:
    """E1: a 調書 in a stage that is this person's to work on, at a school of theirs, that moved within 45 days; for the school also one
    that it forwarded within the last week and that is open still."""
    codes = visible_schools(user)
    states = AT_BOARD if codes is None else AT_SCHOOL

    def wanted(homes: set[int]) -> Iterable[int]:
        rows = Statement.objects.filter(household__in=homes, state__in=states)
        if codes is not None:
            rows = rows.filter(school__code__in=codes)
        moved = StatementStep.objects.filter(
            statement__in=rows, at__date__range=(day - timedelta(days=DAYS_IN_WORK), day)
        ).values_list("statement__household_id", flat=True)
        opened = rows.filter(created_at__date__range=(day - timedelta(days=DAYS_IN_WORK), day))
        found = {*moved, *opened.values_list("household_id", flat=True)}
        return found if codes is None else {*found, *_forwarded(homes, codes, day)}

    return subjects_in(subjects, wanted, "調書の処理中")


def _forwarded(homes: set[int], codes: Sequence[str], day: date) -> Iterable[int]:
    lately = (day - timedelta(days=DAYS_AFTER_FORWARDING), day)
    return StatementStep.objects.filter(
        statement__household__in=homes,
        statement__school__code__in=codes,
        statement__state__in=(_S.FORWARDED, _S.PROPOSED),
        to_state=_S.FORWARDED,
        at__date__range=lately,
    ).values_list("statement__household_id", flat=True)


def redetermined(user: User, subjects: Sequence[Subject], day: date) -> dict[Subject, str]:
    """E4: a 再判定 is open, at a school of theirs."""
    codes = visible_schools(user)

    def wanted(homes: set[int]) -> Iterable[int]:
        rows = Statement.objects.filter(household__in=homes, revises__isnull=False, state__in=OPEN)
        if codes is not None:
            rows = rows.filter(school__code__in=codes)
        return rows.values_list("household_id", flat=True)

    return subjects_in(subjects, wanted, "再判定の処理中")
