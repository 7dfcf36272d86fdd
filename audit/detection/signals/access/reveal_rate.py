"""Signal 18: many numbers shown in ten minutes."""

from __future__ import annotations

from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event

SPAN = timedelta(minutes=10)


def evaluate(day: Day, threshold: float) -> Answer:
    shown = day.named_lately(Event.NUMBER_INDIVIDUAL_REVEALED, Event.NUMBER_UNIFIED_REVEALED)
    run = day.run([event for event in shown if event.actor_kind == "person"], SPAN, int(threshold) + 1)
    if run is None:
        return []
    sentence = f"10分間に{len(run)}件の個人番号を画面に表示した（目安 {threshold:g}件）。"
    return [Found(run[0].id.hex, run[-1].occurred_at, sentence, run[-1].session, {"件数": len(run)})]


RULE = DayRule(
    id="reveal_rate",
    number="18",
    title="続けての番号表示",
    needs="個人番号・統合宛名番号の表示の記録",
    threshold="10分間にしきい値より多い表示",
    control="まとめて使う処理は承認済みの対象者一覧によるもので、画面の表示に数えない",
    certainty="確実（件数）",
    example="10分間に21件の個人番号を画面に表示した（目安 20件）。",
    standard=20,
    unit="件",
    evaluate=evaluate,
)
