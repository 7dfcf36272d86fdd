"""Signal 5: numbers were asked for from a network or terminal that the prefecture has not registered."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event

PLACES = {"network": "登録していない回線", "terminal": "登録していない端末"}
"""The refusal's reason, as `accounts.numbers.Closed` writes it, and its words."""


def evaluate(day: Day, _: float) -> Answer:
    tries: dict[str, list[TrailEvent]] = {}
    for event in day.named(Event.NUMBER_INDIVIDUAL_REFUSED):
        if event.detail.get("reason") in PLACES:
            tries.setdefault(event.terminal, []).append(event)
    return [
        Found(
            terminal,
            events[0].occurred_at,
            f"{PLACES[events[0].detail['reason']]}（端末{terminal}）から個人番号の画面を開こうとして{len(events)}回断られた。",
            events[0].session,
            {"回数": len(events)},
        )
        for terminal, events in tries.items()
    ]


RULE = DayRule(
    id="strange_place",
    number="5",
    title="登録していない端末・回線",
    needs="番号を扱う端末・回線の登録、個人番号の画面の拒否",
    threshold="1件",
    control="端末も回線も登録していない団体では鳴らない。1日、端末ごとに1件。管理者が端末を登録するか、期限つきの例外を登録すれば止まる",
    certainty="確実（断ったこと）。端末の入替えや席の移動のこともある",
    example="登録していない端末（端末T-7K2M-9QRT）から個人番号の画面を開こうとして2回断られた。",
    evaluate=evaluate,
)
