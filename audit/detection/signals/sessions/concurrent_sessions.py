"""Signal 7: a person's account began on another terminal while it was still at work on the first."""

from __future__ import annotations

from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event


def evaluate(day: Day, threshold: float) -> Answer:
    found = []
    for login in day.named(Event.SESSION_LOGIN_SUCCEEDED):
        since = login.occurred_at - timedelta(minutes=threshold)
        others = {
            event.terminal
            for event in day.events
            if since <= event.occurred_at < login.occurred_at and event.terminal not in ("", login.terminal)
        }
        ended = any(e.event in _ENDS and since <= e.occurred_at <= login.occurred_at for e in day.about)
        if others and not ended:
            sentence = f"端末{min(others)}で操作してから{threshold:g}分以内に、端末{login.terminal}でログインした。"
            found.append(Found(login.id.hex, login.occurred_at, sentence, str(login.detail.get("session", ""))))
    return found


_ENDS = frozenset({Event.SESSION_LOGOUT_DONE, Event.SESSION_TIMEOUT_DONE})

RULE = DayRule(
    id="concurrent_sessions",
    number="7",
    title="二つの端末での同時利用",
    needs="操作の記録の端末、ログインと終了の記録",
    threshold="別の端末での操作からしきい値の分数以内の、終了をはさまないログイン",
    control="前の端末でログアウトしていれば鳴らない。先の利用は自動で終わり、本人に知らせる",
    certainty="高い。席の移動でログアウトを忘れたこともある",
    example="端末T-7K2M-9QRTで操作してから10分以内に、端末T-AAAA-BBBBでログインした。",
    standard=10,
    unit="分",
    evaluate=evaluate,
)
