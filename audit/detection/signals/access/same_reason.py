"""Signal 27: the same case or reason for many different people."""

from __future__ import annotations

from collections import defaultdict

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.entries import Subject
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event


def evaluate(day: Day, threshold: float) -> Answer:
    people: dict[str, set[Subject]] = defaultdict(set)
    last: dict[str, TrailEvent] = {}
    for event in day.named(Event.NUMBER_INDIVIDUAL_REVEALED, Event.NUMBER_UNIFIED_REVEALED):
        if event.case and event.actor_kind == "person":
            people[event.case].update(s for s in event.subjects if s.kind == "member")
            last[event.case] = event
    return [
        Found(
            f"case:{last[case].id.hex}",
            last[case].occurred_at,
            f"同じ案件・理由で{len(members)}人の個人番号を表示した（目安 {threshold:g}人）。理由の使い回しのおそれ。",
            last[case].session,
        )
        for case, members in people.items()
        if len(members) >= threshold
    ]


RULE = DayRule(
    id="same_reason",
    number="27",
    title="同じ理由の使い回し",
    needs="個人番号の表示の事務コードと案件",
    threshold="1日に、同じ案件・理由でしきい値以上の人",
    control="まとめて扱う仕事には対象者一覧の承認を使う。定型の案件は例外を登録できる",
    certainty="中。同じ世帯の構成員や一括の点検のこともある",
    example="同じ案件・理由で10人の個人番号を表示した（目安 10人）。理由の使い回しのおそれ。",
    standard=10,
    unit="人",
    evaluate=evaluate,
)
