"""Signal 3: a session far too long, or left open. The limits make most impossible; the rule proves that they work."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event

LEFT_OPEN_SECONDS = 4 * 3600
ACTS_A_SECOND = 1 / (15 * 60)


def evaluate(day: Day, threshold: float) -> Answer:
    found = []
    for end in day.about:
        seconds = end.detail.get("seconds")
        if end.event not in ENDS or not isinstance(seconds, int):
            continue
        session = str(end.detail.get("session", ""))
        acts = sum(event.session == session for event in day.lately)
        if seconds > threshold * 3600:
            found.append(
                _found(end, session, f"{seconds / 3600:.1f}時間続いた利用があった（上限の目安 {threshold:g}時間）。")
            )
        elif seconds > LEFT_OPEN_SECONDS and acts < seconds * ACTS_A_SECOND:
            words = f"{seconds / 3600:.1f}時間の利用で操作が{acts}件だけだった。画面を開いたまま席を離れたおそれ。"
            found.append(_found(end, session, words))
    return found


ENDS = frozenset({Event.SESSION_LOGOUT_DONE, Event.SESSION_TIMEOUT_DONE, Event.SESSION_OTHER_ENDED})


def _found(end: TrailEvent, session: str, sentence: str) -> Found:
    return Found(end.id.hex, end.occurred_at, sentence, session)


RULE = DayRule(
    id="long_session",
    number="3",
    title="長すぎる利用",
    needs="利用の終わりの記録（長さつき）と、その間の操作",
    threshold="しきい値より長い利用、または4時間より長く15分に1件も操作のない利用",
    control="無操作30分（個人番号取扱者は15分）と12時間の上限で、ほとんどは起こらない",
    certainty="確実（長さは記録による）",
    example="10.5時間続いた利用があった（上限の目安 10時間）。",
    standard=10,
    unit="時間",
    evaluate=evaluate,
)
