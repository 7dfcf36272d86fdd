"""Signal 11: a one-time password was used a second time."""

from __future__ import annotations

from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event

DOUBLE_PRESS = timedelta(seconds=2)


def evaluate(day: Day, _: float) -> Answer:
    """A replay from the same terminal within 2 s of the log-in it belongs to is a double press."""
    entries = day.named_lately(Event.SESSION_LOGIN_SUCCEEDED, Event.SESSION_OTP_VERIFIED)
    replays = [e for e in day.about if e.event == Event.SESSION_OTP_FAILED and e.detail.get("reason") == "replayed"]
    return [
        Found(
            replay.id.hex,
            replay.occurred_at,
            "使用済みのワンタイムパスワードがもう一度送られた。盗み見や中継のおそれ。",
        )
        for replay in replays
        if not any(
            entry.terminal == replay.terminal and abs(replay.occurred_at - entry.occurred_at) <= DOUBLE_PRESS
            for entry in entries
        )
    ]


RULE = DayRule(
    id="otp_replay",
    number="11",
    title="ワンタイムパスワードの再使用",
    needs="ワンタイムパスワード誤りの記録と、その理由",
    threshold="同じ値が二度使われたとき",
    control="同じ端末で2秒以内の二度押しは数えない",
    certainty="高い（同じ値が届いた）。通信のやり直しのこともある",
    example="使用済みのワンタイムパスワードがもう一度送られた。盗み見や中継のおそれ。",
    evaluate=evaluate,
)
