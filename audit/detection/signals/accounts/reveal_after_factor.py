"""Signal 16: numbers were shown, or asked for, within a day of a change of the authenticator."""

from __future__ import annotations

from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event

NUMBERS = (Event.NUMBER_INDIVIDUAL_REVEALED, Event.NUMBER_UNIFIED_REVEALED, Event.NUMBER_INDIVIDUAL_REFUSED)


def evaluate(day: Day, threshold: float) -> Answer:
    changed = day.person.factor_changed_at
    if changed is None:
        return []
    until = changed + timedelta(hours=threshold)
    early = [event for event in day.named(*NUMBERS) if changed <= event.occurred_at < until]
    told = any(event.occurred_at >= changed for event in day.before if event.event in NUMBERS)
    if told or not early:
        return []
    refused = sum(event.event == Event.NUMBER_INDIVIDUAL_REFUSED for event in early)
    hours = (early[0].occurred_at - changed).total_seconds() / 3600
    sentence = f"認証器の変更から{hours:.1f}時間で個人番号の表示を求めた（{len(early)}件、うち拒否{refused}件）。"
    return [Found(changed.isoformat(), early[0].occurred_at, sentence, early[0].session)]


RULE = DayRule(
    id="reveal_after_factor",
    number="16",
    title="認証器の変更直後の番号表示",
    needs="認証器の変更日時、個人番号の表示とその拒否",
    threshold="変更からしきい値の時間内の表示か、その試み",
    control="変更1回につき1件",
    certainty="高い。変更が本人の届出によるかを確かめる",
    example="認証器の変更から1.5時間で個人番号の表示を求めた（3件、うち拒否3件）。",
    standard=24,
    unit="時間",
    fires_below=True,
    evaluate=evaluate,
)
