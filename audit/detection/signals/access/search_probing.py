"""Signal 25: searches that find nobody, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event

SPAN = timedelta(minutes=10)
RETYPED = timedelta(seconds=20)
SLIP = "retyped"
"""In the detail of a search: a slip of at most two letters in what was typed before was mended. The words themselves are never kept."""

MOST_SLIPS = 2
"""So often in a row a slip may be mended."""


def evaluate(day: Day, threshold: float) -> Answer:
    empty = _counted([event for event in day.named_lately(Event.READ_SEARCH_SHOWN) if not event.subjects])
    run = day.run(empty, SPAN, int(threshold))
    if run is None:
        return []
    sentence = f"10分間に{len(run)}回、誰も見つからない検索をした。氏名や番号を当てずっぽうに試しているおそれ。"
    return [Found(run[0].id.hex, run[-1].occurred_at, sentence, run[-1].session)]


def _counted(searches: Sequence[TrailEvent]) -> list[TrailEvent]:
    """One within 20 s of the last that counts, and one that mends a slip, count with the one before."""
    counted: list[TrailEvent] = []
    slips = 0
    for event in searches:
        is_slip = bool(event.detail.get(SLIP)) and slips < MOST_SLIPS
        if counted and (is_slip or event.occurred_at - counted[-1].occurred_at <= RETYPED):
            slips += is_slip
            continue
        counted.append(event)
        slips = 0
    return counted


RULE = DayRule(
    id="search_probing",
    number="25",
    title="空振りの検索",
    needs="検索の記録（語は記録せず、直前の語の打ち直しかどうか）と結果の件数",
    threshold="10分間にしきい値以上の、結果のない検索",
    control="20秒以内の打ち直しと、直前の語と2文字まで違う打ち直し（続けて2回まで。数字は除く）は1回と数える",
    certainty="中。名簿の点検のこともある",
    example="10分間に5回、誰も見つからない検索をした。氏名や番号を当てずっぽうに試しているおそれ。",
    standard=5,
    unit="回",
    evaluate=evaluate,
)
