"""The state machine (状態遷移) of an alert: which act leads from which state to which, who may, and the next deadline."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accounts.permissions import Permission
from audit.review.models import Alert
from audit.review.people import can_answer
from audit.trail.vocabulary import Event

S = Alert.State


class Move(StrEnum):
    CONFIRM = "confirm"
    NOTIFY = "notify"
    ASK = "ask"
    ANSWER = "answer"
    JUDGE = "judge"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Way:
    """`term`: working days until the following act is due; None leaves the deadline as it is, 0 takes it away."""

    label: str
    sources: tuple[Alert.State, ...]
    target: Alert.State
    permission: Permission
    event: Event
    term: int | None


WAYS: Final[dict[Move, Way]] = {
    Move.CONFIRM: Way("確認した", (S.RAISED,), S.CHECKING, Permission.HANDLE_ALERT, Event.ALERT_RECORD_CONFIRMED, None),
    Move.NOTIFY: Way(
        "管理者へ連絡する", (S.CHECKING,), S.NOTIFIED, Permission.HANDLE_ALERT, Event.ALERT_RECORD_NOTIFIED, 1
    ),
    # From ANSWERED it is asked once more: the answer did not suffice.
    Move.ASK: Way(
        "操作者へ照会する", (S.NOTIFIED, S.ANSWERED), S.ASKED, Permission.HANDLE_ALERT, Event.ALERT_OPERATOR_ASKED, 2
    ),
    Move.ANSWER: Way("回答する", (S.ASKED,), S.ANSWERED, Permission.VIEW_HOME, Event.ALERT_OPERATOR_ANSWERED, 1),
    # From ASKED only when the operator's time is over, from NOTIFIED only when nobody could answer: silence must not keep an
    # alert open for ever.
    Move.JUDGE: Way(
        "判定する",
        (S.ANSWERED, S.ASKED, S.NOTIFIED),
        S.JUDGED,
        Permission.JUDGE_ALERT,
        Event.ALERT_RECORD_JUDGED,
        1,
    ),
    Move.CLOSE: Way("完了にする", (S.JUDGED,), S.CLOSED, Permission.JUDGE_ALERT, Event.ALERT_RECORD_CLOSED, 0),
    # A correction is no change of what was judged: that stays among the steps, and another person judges anew.
    Move.REOPEN: Way(
        "判定の見直しを申し出る",
        (S.JUDGED, S.CLOSED),
        S.ANSWERED,
        Permission.JUDGE_ALERT,
        Event.ALERT_RECORD_REOPENED,
        1,
    ),
}

FIRST_TERM: Final = 1
"""Working days from the alert until 担当確認 and 連絡 are done: the manager opens it within one."""

NEXT_ACT: Final[dict[str, str]] = {
    S.RAISED: "監視担当が証拠を見て確認する",
    S.CHECKING: "情報セキュリティ管理者へ連絡する",
    S.NOTIFIED: "操作者へ照会する",
    S.ASKED: "操作者の回答を待つ",
    S.ANSWERED: "情報セキュリティ管理者が判定する",
    S.JUDGED: "完了にする",
    S.CLOSED: "",
}

UNANSWERED: Final = (S.NOTIFIED, S.ASKED)
"""States in which the loop is with the operator, where there is one who can answer; else it is with the manager."""

OPEN_STATES: Final = tuple(state for state in S if state is not S.CLOSED)


def possible(alert: Alert, move: Move) -> bool:
    """Whether the alert's state allows the act now."""
    if alert.state not in WAYS[move].sources:
        return False
    if move is Move.ASK:
        return can_answer(alert)
    if move is not Move.JUDGE or alert.state not in UNANSWERED:
        return True
    return (alert.state == S.ASKED and alert.is_overdue) or not can_answer(alert)


def next_act(alert: Alert, *, has_answerer: bool) -> str:
    """What the alert waits for, in words. `has_answerer`: there is a person whom 照会 can reach."""
    state = S.ANSWERED if alert.state in UNANSWERED and not has_answerer else alert.state
    return NEXT_ACT[state]
