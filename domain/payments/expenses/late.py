"""使用経費 of a period whose round is approved (遅れて届いた領収書, 誤り): an officer of the board enters them, with a reason.

The approved round stays as it is. The next open round of the year pays what was too little (追給) and proposes what was too much
(戻入); see `calculation.settling`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from audit.trail.actors import current_actor
from domain.households.models import Pupil
from domain.payments.errors import ExpenseRefused
from domain.payments.expenses.checking import ExpenseFacts, closed_round_of
from domain.payments.models import Expense, PaymentRound
from domain.payments.models_late import LateChange
from web.fields import REFUSED
from web.text import digits_like_number

REASON_LENGTH = 100
FIELD = "late_reason"
Act = LateChange.Act


@dataclass(frozen=True, slots=True)
class LateRight:
    """Whether who acts may touch what an approved round counted (`board`), and the reason that was given for it."""

    board: bool
    reason: str = ""


SCHOOL = LateRight(board=False)
"""Of who enters for a school: what an approved round counted is the board's to change."""


def by_board(reason: str) -> LateRight:
    """Of who calculates the payments of the prefecture. The reason is asked for where an approved round is concerned."""
    return LateRight(board=True, reason=reason)


def round_concerned(closed: Sequence[PaymentRound], pupil: Pupil, *facts: ExpenseFacts) -> PaymentRound | None:
    """The first approved round in whose period one of these receipts lies."""
    found = (closed_round_of(each.counts_on(pupil), closed) for each in facts)
    return next((round_ for round_ in found if round_ is not None), None)


def require_reason(round_: PaymentRound, right: LateRight) -> str:
    """The reason for changing a receipt of an approved period. Raises ExpenseRefused; who may not reads who may."""
    if not right.board:
        text = (
            f"支給回「{round_.title}」が承認済みのため、学校では登録・変更・取消しができません。"
            "証憑番号と遅れた理由を添えて教育委員会に申し出てください。教委担当が使用経費の画面で入力すると、次の支給回で追給・戻入になります。"
        )
        raise ExpenseRefused("", text)
    return checked_reason(round_, right.reason)


def checked_reason(round_: PaymentRound, reason: str) -> str:
    """Why something that an approved round counted changes. Raises ExpenseRefused."""
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        text = (
            f"支給回「{round_.title}」は承認済みです。次の支給回で追給・戻入にする理由を{REASON_LENGTH}文字までで入力してください"
            "（例: 領収書が遅れて提出された）。"
        )
        raise ExpenseRefused(FIELD, text)
    if digits_like_number(reason):
        raise ExpenseRefused(FIELD, REFUSED)
    return reason


def note(
    round_: PaymentRound, expense: Expense, reason: str, before: ExpenseFacts | None, after: ExpenseFacts | None
) -> None:
    """Keep what was done to a receipt of an approved period; before the row itself goes."""
    act = Act.ADDED if before is None else Act.REMOVED if after is None else Act.CHANGED
    LateChange.objects.create(
        fiscal_year=expense.fiscal_year,
        round=round_,
        pupil_id=expense.pupil_id,
        expense=expense,
        act=act,
        before=_kept(before),
        after=_kept(after),
        reason=reason,
        by=current_actor().name,
    )


def pupils_of(fiscal_year: int) -> Iterator[int]:
    """Pupils with a receipt that came, changed or went after its round's approval."""
    yield from LateChange.objects.filter(fiscal_year=fiscal_year).order_by().values_list("pupil", flat=True).distinct()


def _kept(facts: ExpenseFacts | None) -> dict[str, Any]:
    return {} if facts is None else asdict(facts) | {"used_on": facts.used_on.isoformat()}
