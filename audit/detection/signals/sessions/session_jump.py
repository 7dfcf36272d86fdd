"""Signal 8: the terminal changed inside a session: its cookie may have been carried away."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event


def evaluate(day: Day, _: float) -> Answer:
    return [
        Found(
            end.id.hex,
            end.occurred_at,
            "利用の途中で端末が変わったため、利用を終わらせた。利用中のCookieが持ち出されたおそれ。",
            str(end.detail.get("session", "")),
        )
        for end in day.about
        if end.event == Event.SESSION_OTHER_ENDED and end.detail.get("reason") == "terminal"
    ]


RULE = DayRule(
    id="session_jump",
    number="8",
    title="利用の途中での端末の変化",
    needs="端末の変化で終わった利用の記録",
    threshold="1件",
    control="ブラウザの更新では鳴らない（端末IDだけを見る）",
    certainty="高い。端末のCookieを消したこともある",
    example="利用の途中で端末が変わったため、利用を終わらせた。利用中のCookieが持ち出されたおそれ。",
    evaluate=evaluate,
)
