"""Signal 25, its other half: beginnings of names or numbers gone through in order, each of which lists many."""

from __future__ import annotations

from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event

SPAN = timedelta(minutes=10)
STEP = "next_prefix"
"""In the detail of a search: only the last character differs from what was typed before. The words themselves are never kept."""


def evaluate(day: Day, threshold: float) -> Answer:
    """A search that lists one record is a list worked off by its numbers; one that lists nobody is `search_probing`."""
    steps = [e for e in day.named_lately(Event.READ_SEARCH_SHOWN) if e.detail.get(STEP) and len(e.subjects) > 1]
    run = day.run(steps, SPAN, int(threshold))
    if run is None:
        return []
    listed = {subject for event in run for subject in event.subjects}
    sentence = f"10分間に{len(run)}回、最後の1文字だけを変えた検索で{len(listed)}件の記録を並べた。名簿を先頭から抜き出しているおそれ。"
    return [Found(run[0].id.hex, run[-1].occurred_at, sentence, run[-1].session, {"回数": len(run)})]


RULE = DayRule(
    id="prefix_enumeration",
    number="25",
    title="先頭の文字を順に変える検索",
    needs="検索の記録（語は記録せず、直前の語と最後の1文字だけが違うかどうか）と結果の件数",
    threshold="10分間にしきい値以上の、直前の語と最後の1文字だけが違い、2件以上が見つかる検索",
    control="1件だけ見つかる検索（番号を順に引く仕事）、結果のページ送りと並べ替えは数えない",
    certainty="中。組ごとの番号で名簿を確かめていることもある",
    example="10分間に5回、最後の1文字だけを変えた検索で210件の記録を並べた。名簿を先頭から抜き出しているおそれ。",
    standard=5,
    unit="回",
    evaluate=evaluate,
)
