"""Signal 11: a one-time password was used a second time."""

from __future__ import annotations

from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event

SENT_AGAIN = timedelta(seconds=30)
"""The life of a code. Whoever overheard it sits elsewhere."""


def evaluate(day: Day, _: float) -> Answer:
    """A replay from the same terminal within the code's life after the log-in it belongs to is sent again by the same browser: a second
    press, an answer that was lost."""
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
            entry.terminal == replay.terminal and abs(replay.occurred_at - entry.occurred_at) <= SENT_AGAIN
            for entry in entries
        )
    ]


RULE = DayRule(
    id="otp_replay",
    number="11",
    title="ワンタイムパスワードの再使用",
    needs="ワンタイムパスワード誤りの記録と、その理由",
    threshold="同じ値が二度使われたとき",
    control="同じ端末で、その値でのログインから30秒（値の有効な間）以内のものは、二度押し・送り直しとして数えない",
    certainty="高い（同じ値が届いた）。通信のやり直しのこともある",
    example="使用済みのワンタイムパスワードがもう一度送られた。盗み見や中継のおそれ。",
    evaluate=evaluate,
)
