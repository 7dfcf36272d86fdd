"""Signal 19: households opened one after the other in the order of the lists, up or down, without any work done on them."""

from __future__ import annotations

from audit.detection.signals.base import LISTS, RECORDS, SEEN, Answer, Day, DayRule, Found
from audit.trail.entries import Subject
from audit.trail.reader import TrailEvent

NO_WORK = (*SEEN, "session:", "export:", "print:", "access:")
"""What changes nothing; neither does what was refused."""

Place = tuple[str, str]
"""In which order a record stands, and where: the households in that of their numbers, anything else in that of its own."""


def evaluate(day: Day, threshold: float) -> Answer:
    """Households of which any record was opened, in the order of their numbers, each later than the one before (or each earlier), however
    far: a list may be one school's, or every fifth line of it. Only work on a household of the walk begins it anew."""
    up: list[TrailEvent] = []
    down: list[TrailEvent] = []
    last: Place | None = None
    for event in day.lately:
        if not event.event.startswith(NO_WORK):
            if not event.event.endswith(":refused") and not _homes(day, event).isdisjoint(_homes(day, *up, *down)):
                up, down, last = [], [], None
            continue
        place = _place(day, event)
        if place is None or place == last:
            continue
        follows = last is not None and place[0] == last[0]
        up = [*up, event] if follows and last is not None and place > last else [event]
        down = [*down, event] if follows and last is not None and place < last else [event]
        last = place
        walk = max(up, down, key=len)
        if len(walk) >= threshold and event.occurred_at < day.begins:
            up, down = [], []  # told on the day before
        elif len(walk) >= threshold and not all(_is_reviewed(day, step) for step in walk):
            order = "番号の順" if walk is up else "番号の逆の順"
            sentence = f"{len(walk)}世帯の記録を、何も直さずに{order}に開いた。"
            return [Found(walk[0].id.hex, event.occurred_at, sentence, event.session)]
    return []


def _homes(day: Day, *events: TrailEvent) -> frozenset[Subject]:
    return day.households(subject for event in events for subject in event.subjects if subject.kind in RECORDS)


def _is_reviewed(day: Day, event: TrailEvent) -> bool:
    """Whether every record of the page waits for this person's review (進達済の調書の審査), in whatever order it is done."""
    records = {subject for subject in event.subjects if subject.kind in RECORDS}
    return bool(records) and records <= day.in_review


def _place(day: Day, event: TrailEvent) -> Place | None:
    """Of a page about one household; None for lists and whatever has no place."""
    homes = _homes(day, event)
    if not event.event.startswith(SEEN) or event.event in LISTS or len(homes) != 1:
        return None
    (home,) = homes
    known = next((day.homes[subject].place for subject in event.subjects if subject in day.homes), None)
    if known is not None:
        return "", known
    return (home.kind, home.id.zfill(20)) if home.id.isdigit() else None


RULE = DayRule(
    id="sequential_walk",
    number="19",
    title="順番どおりの閲覧",
    needs="記録の閲覧の順番と世帯番号、間の変更の有無",
    threshold="世帯番号の順か逆の順に（間の番号は飛ばしてもよい）、間に変更なしで、しきい値以上の世帯の記録を開いたとき",
    control="開いた世帯に保存や進達などの操作をすれば数え直す（印刷・書出しでは数え直さない）。同じ世帯の記録は、続けていくつ開いても1世帯。一覧は数えない。すべてが教育委員会の審査を待つ調書の記録なら鳴らない",
    certainty="高い。一覧の順の点検のこともある",
    example="25世帯の記録を、何も直さずに番号の順に開いた。",
    standard=25,
    unit="世帯",
    evaluate=evaluate,
)
