"""進達 by the school, 差戻し by the board."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from audit.trail.recorder import Entry, Subject, record, record_many
from audit.trail.vocabulary import Event
from domain.households.models import School
from domain.statements.models import Statement
from domain.statements.states import move, move_many


@transaction.atomic
def forward(school: School, fiscal_year: int, user: User, ids: Collection[int] | None = None) -> int:
    """Forward what this school has computed (of `ids`, when given); returns how many. What still lacks something stays at the school."""
    ready = Statement.objects.filter(school=school, fiscal_year=fiscal_year, state=Statement.State.COMPUTED)
    if ids is not None:
        ready = ready.filter(pk__in=ids)
    moved = move_many(ready.values_list("pk", flat=True), Statement.State.FORWARDED, by=user.display_name)
    record_many(
        Entry(Event.STATEMENT_RECORD_FORWARDED, (Subject("statement", str(pk)), Subject("school", school.code)))
        for pk in moved
    )
    return len(moved)


class ReasonNeeded(ValueError):
    """`statements.reason-needed`: a 差戻し without a reason helps nobody."""

    identifier = "statements.reason-needed"

    def __init__(self) -> None:
        super().__init__("差戻しの理由を入力してください（例: 母の所得証明書を確認してください）。")


@transaction.atomic
def send_back(statement: Statement, reason: str, user: User) -> Statement:
    """Back to the school with a reason. Raises ReasonNeeded, MoveRefused."""
    if not reason.strip():
        raise ReasonNeeded
    moved = move(statement, Statement.State.RETURNED, by=user.display_name, reason=reason.strip())
    record(Event.STATEMENT_RECORD_RETURNED, subjects=[Subject("statement", str(statement.pk))])
    return moved
