"""Signal 27: the same case or reason for many different people, on one day or over a month."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from unicodedata import category, normalize

from audit.detection.calendar import local
from audit.detection.signals.base import Answer, Day, DayRule, Found, reveals_of
from audit.trail.entries import Subject
from audit.trail.reader import TrailEvent
from web.dates import to_wareki


def folded(text: str) -> str:
    """Without what does not make it another reason: width, case, spaces, punctuation. Figures stay: they tell cases apart."""
    return "".join(letter for letter in normalize("NFKC", text).casefold() if category(letter)[0] in "LN")


def evaluate(day: Day, threshold: float) -> Answer:
    """Told on the day on which so many people have come together under one reason, and again each time as many more have."""
    step = max(1, int(threshold))
    today, earlier = _by_reason(day, reveals_of(day)), _by_reason(day, day.reveals_before)
    found = []
    for reason, events in today.items():
        before = _people(earlier.get(reason, ()))
        people = before | _people(events)
        if len(people) // step <= len(before) // step:
            continue
        first, last = (earlier.get(reason) or events)[0], events[-1]
        since = f"最初は{to_wareki(local(first.occurred_at).date())}、" if before else ""
        sentence = (
            f"同じ案件・理由で{'30日間' if before else '1日'}に{len(people)}人の個人番号を表示した"
            f"（目安 {threshold:g}人。{since}この日に{len(people - before)}人）。理由の使い回しのおそれ。"
        )
        mark = f"case:{sha256(reason.encode()).hexdigest()[:12]}:{len(people) // step}"
        found.append(Found(mark, last.occurred_at, sentence, last.session, {"人数": len(people)}))
    return found


def _is_allowed(day: Day, reason: str, event: TrailEvent) -> bool:
    return any(
        one.starts_at <= event.occurred_at < one.ends_at and folded(one.words) == reason for one in day.allowed_words
    )


def _by_reason(day: Day, events: Iterable[TrailEvent]) -> dict[str, list[TrailEvent]]:
    """Without the reasons the prefecture allows."""
    found: dict[str, list[TrailEvent]] = {}
    for event in events:
        reason = folded(event.case)
        if reason and not _is_allowed(day, reason, event):
            found.setdefault(reason, []).append(event)
    return found


def _people(events: Iterable[TrailEvent]) -> set[Subject]:
    return {subject for event in events for subject in event.subjects if subject.kind == "member"}


RULE = DayRule(
    id="same_reason",
    number="27",
    title="同じ理由の使い回し",
    needs="個人番号の表示の案件・理由（本人の過去30日。文字の幅・空白・記号の違いは同じ理由とする）",
    threshold="1日または30日間に、同じ案件・理由でしきい値以上の人。その倍数に達するごとに1件",
    control="まとめて扱う仕事には対象者一覧の承認を使う。数字の違う案件番号は別の理由。団体が認めた定型の理由（二人目の承認と期限のある例外）は数えない",
    certainty="中。同じ世帯の構成員や一括の点検のこともある",
    example="同じ案件・理由で30日間に10人の個人番号を表示した（目安 10人。最初は令和8年11月2日、この日に3人）。理由の使い回しのおそれ。",
    standard=10,
    unit="人",
    has_words=True,
    evaluate=evaluate,
)
