"""Signal 32: a function that nobody of the role used for half a year."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.labels import WORDING

NOT_LEARNT = "同じ役割の人の操作がまだ学習されていないため、まれかどうかを判定できません。"


def evaluate(day: Day, _: float) -> Answer:
    mine = [event for event in day.events if event.actor_kind == "person"]
    if not mine:
        return []
    if day.norms.usual_events is None:
        return NOT_LEARNT
    found = {}
    for event in mine:
        if event.event not in day.norms.usual_events and event.event not in found:
            words = WORDING[event.event].label if event.event in WORDING else event.event
            sentence = f"「{words}」は、同じ役割の人が過去180日に一度もしていない操作。"
            found[event.event] = Found(event.event, event.occurred_at, sentence, event.session)
    return list(found.values())


RULE = DayRule(
    id="rare_action",
    number="32",
    title="まれな操作",
    needs="同じ役割の人の過去180日の操作の種類",
    threshold="同じ役割の人が180日していない操作",
    control="報告のみ。新しい機能は翌日から学習される",
    certainty="低い（珍しいだけ）",
    example="「役割の付与」は、同じ役割の人が過去180日に一度もしていない操作。",
    is_report=True,
    evaluate=evaluate,
)
