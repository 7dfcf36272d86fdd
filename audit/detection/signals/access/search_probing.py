"""Signal 25: searches that find nobody, one after the other."""

from __future__ import annotations

from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event

SPAN = timedelta(minutes=10)
RETYPED = timedelta(seconds=20)


def evaluate(day: Day, threshold: float) -> Answer:
    """A search within 20 s of the one before corrects a slip: the words themselves are never kept, so nearness in time is all."""
    empty: list[TrailEvent] = []
    for event in day.named_lately(Event.READ_SEARCH_SHOWN):
        if not event.subjects and not (empty and event.occurred_at - empty[-1].occurred_at <= RETYPED):
            empty.append(event)
    run = day.run(empty, SPAN, int(threshold))
    if run is None:
        return []
    sentence = f"10分間に{len(run)}回、誰も見つからない検索をした。氏名や番号を当てずっぽうに試しているおそれ。"
    return [Found(run[0].id.hex, run[-1].occurred_at, sentence, run[-1].session)]


RULE = DayRule(
    id="search_probing",
    number="25",
    title="空振りの検索",
    needs="検索の記録（語は記録しない）と結果の件数",
    threshold="10分間にしきい値以上の、結果のない検索",
    control="20秒以内の打ち直しは1回と数える",
    certainty="中。名簿の点検のこともある",
    example="10分間に5回、誰も見つからない検索をした。氏名や番号を当てずっぽうに試しているおそれ。",
    standard=5,
    unit="回",
    evaluate=evaluate,
)
