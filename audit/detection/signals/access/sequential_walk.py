"""Signal 19: records opened one after the other in the order of their numbers, without any work done on them."""

from __future__ import annotations

from audit.detection.signals.base import RECORDS, SEEN, Answer, Day, DayRule, Found
from audit.trail.reader import TrailEvent

LOOKS = (*SEEN, "session:")


def evaluate(day: Day, threshold: float) -> Answer:
    """An act in between (a save, a forwarding) begins the walk anew. Steps of up to three numbers count as the next."""
    walk: list[TrailEvent] = []
    last: tuple[str, int] | None = None
    for event in day.lately:
        if not event.event.startswith(LOOKS):
            walk, last = [], None
            continue
        place = _place(event)
        if place is None or place == last:
            continue
        follows = last is not None and place[0] == last[0] and 0 < place[1] - last[1] <= 3
        walk, last = ([*walk, event] if follows else [event]), place
        if len(walk) >= threshold and event.occurred_at < day.begins:
            walk = []  # told on the day before
        elif len(walk) >= threshold and not all(_is_reviewed(day, step) for step in walk):
            sentence = f"続きの番号の記録を{len(walk)}件、何も直さずに順に開いた。"
            return [Found(walk[0].id.hex, event.occurred_at, sentence, event.session)]
    return []


def _is_reviewed(day: Day, event: TrailEvent) -> bool:
    """Whether every record of the page waits for this person's review (進達済の調書の審査), in whatever order it is done."""
    records = {subject for subject in event.subjects if subject.kind in RECORDS}
    return bool(records) and records <= day.in_review


def _place(event: TrailEvent) -> tuple[str, int] | None:
    """Kind and number of a page about one record; None for lists and whatever has no number."""
    own = [subject for subject in event.subjects if subject.kind in RECORDS]
    kinds = {subject.kind for subject in own}
    first = next((s for s in own if s.kind == "household"), own[0] if own else None)
    if first is None or not first.id.isdigit() or sum(s.kind == first.kind for s in own) > 1 or not kinds:
        return None
    return first.kind, int(first.id)


RULE = DayRule(
    id="sequential_walk",
    number="19",
    title="順番どおりの閲覧",
    needs="記録の閲覧の順番、間の変更の有無",
    threshold="番号の順に、間に変更なしで、しきい値以上の記録を開いたとき",
    control="間に保存や進達などの操作があれば数え直す。一覧は数えない。すべてが教育委員会の審査を待つ調書の記録なら鳴らない",
    certainty="高い。一覧の順の点検のこともある",
    example="続きの番号の記録を25件、何も直さずに順に開いた。",
    standard=25,
    unit="件",
    evaluate=evaluate,
)
