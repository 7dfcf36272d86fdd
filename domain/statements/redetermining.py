"""年度途中の再判定: a decided household's category looked at again, on facts of its own, from a day of its own.

A new 調書 is opened beside the decided one and goes the same way: facts, computation, 進達, two people. What was decided,
its facts and its receipt stay. Source: syusyo.p-space.jp change-allowance-grade (vendor: a new 調書 is made and decided
again, expenses dated on or after the change use the new class); 吹田市 for the three bases of income.
"""

from __future__ import annotations

import datetime

from django.db import transaction

from accounts.models import User
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.statements.facts import copy_certificates
from domain.statements.intake import year_ends_on, year_starts_on
from domain.statements.models import Determination, Statement, StatementStep
from domain.statements.states import MoveRefused, move
from web.dates import to_wareki

State = Statement.State
CLOSED = (State.DECIDED, State.NOTICED, State.WITHDRAWN)
DECIDED = (State.DECIDED, State.NOTICED)


class RedeterminationRefused(ValueError):
    """`statements.redetermination-refused`: why no 再判定 can be opened, and what to do."""

    identifier = "statements.redetermination-refused"


@transaction.atomic
def open_redetermination(
    statement: Statement,
    user: User,
    *,
    reason: str,
    income_basis: str,
    effective_from: datetime.date,
    note: str = "",
) -> Statement:
    """A 調書 that revises the year's decided one. Raises RedeterminationRefused.

    For 世帯員の異動 the members of `effective_from` count, else those of 前年末日. On 前年確定 the certificates of the decided
    調書 are taken along; on the other bases every income is entered anew.
    """
    root = Statement.objects.select_for_update(of=("self",)).select_related("household").get(pk=statement.root_id)
    _require_possible(root, effective_from)
    moved_members = reason == Statement.ChangeReason.MEMBERS
    made = Statement.objects.create(
        household=root.household,
        fiscal_year=root.fiscal_year,
        school=root.school,
        revises=root,
        change_reason=reason,
        change_note=note.strip(),
        income_basis=income_basis,
        effective_from=effective_from,
        counted_on=effective_from if moved_members else None,
    )
    if income_basis == Statement.IncomeBasis.CONFIRMED:
        copy_certificates(root, made)
    why = f"再判定（{made.get_change_reason_display()}・{made.get_income_basis_display()}）"
    StatementStep.objects.create(statement=made, to_state=State.INTAKE, by=user.display_name, reason=why)
    record(
        Event.STATEMENT_REDETERMINATION_OPENED,
        subjects=[Subject("statement", str(made.pk)), Subject("statement", str(root.pk))],
        detail={"reason": str(reason), "basis": str(income_basis), "from": effective_from.isoformat()},
    )
    return made


@transaction.atomic
def withdraw(statement: Statement, why: str, user: User) -> Statement:
    """取下げ of a 再判定 that is still at the school; the decision before it goes on.

    Raises MoveRefused, and RedeterminationRefused where a 仮決定 rests on it: that needs a decision to replace it.
    """
    if not statement.is_redetermination:
        raise MoveRefused(statement, State.WITHDRAWN)
    if Determination.objects.filter(statement=statement).exclude(approved_by=None).exists():
        raise RedeterminationRefused("この再判定には仮決定があるため、取り下げられません。算定して決定してください。")
    moved = move(statement, State.WITHDRAWN, by=user.display_name, reason=why.strip())
    Determination.objects.filter(statement=statement, approved_by=None).delete()
    record(Event.STATEMENT_REDETERMINATION_WITHDRAWN, subjects=[Subject("statement", str(statement.pk))])
    return moved


def _require_possible(root: Statement, day: datetime.date) -> None:
    if root.state not in DECIDED:
        raise RedeterminationRefused(
            f"この世帯の今年度の調書は「{root.get_state_display()}」です。決定した後に、再判定を始められます。"
        )
    if root.redeterminations.exclude(state__in=CLOSED).exists():
        raise RedeterminationRefused(
            "この世帯には、まだ決定していない再判定があります。それを決定するか、取り下げてから始めてください。"
        )
    if not year_starts_on(root.fiscal_year) <= day <= year_ends_on(root.fiscal_year):
        raise RedeterminationRefused("適用日は、この年度の日付（4月1日から翌年3月31日まで）にしてください。")
    days = Determination.objects.filter(root=root, kind=Determination.Kind.FINAL).exclude(approved_by=None)
    known = sorted(days.values_list("effective_from", flat=True))
    if day in known:
        raise RedeterminationRefused(
            f"{to_wareki(day)}からの決定がすでにあります。同じ日からの決定は2つ作れません。別の日にしてください。"
        )
    if known and day < known[0]:
        raise RedeterminationRefused(
            f"最初の決定は{to_wareki(known[0])}からです。再判定の適用日は、その翌日以後にしてください。"
        )
