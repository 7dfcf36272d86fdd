"""Signal 20: records opened without a reason in our own data."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.entries import JSON

NOT_RUN = "閲覧の理由をまだ照らし合わせていないため、判定できません。"
COUNTED = "対象"
"""In the detail of an alert: the records that had no reason when it fired, as `kind:id`."""

MOST_COUNTED = 200

WEEKS_WORTH = 2
"""So many times a day's threshold within seven days are too many as well: two a day are found that no single day shows."""

OF_MANY = 0.1
"""Whoever opens more than thirty households a day is rung up more often too: a tenth of them may be without a reason."""


def evaluate(day: Day, threshold: float) -> Answer:
    """Of households. One alert a day. A special record without a reason is told by its own rule (`related`, `watched`), from the first
    one on: told here as well, it would be two alerts for one look."""
    if day.unexplained is None:
        return NOT_RUN
    without = [(event, subject) for event, subject in day.shown() if subject in day.unexplained]
    subjects = {subject for _, subject in without}
    homes = day.households(subjects)
    special = day.households(subjects & (day.watched | frozenset(day.related or {})))
    also = f"うち{len(special)}世帯は特に注意する記録。" if special else ""
    counted: list[JSON] = [f"{subject.kind}:{subject.id}" for subject in sorted(subjects)[:MOST_COUNTED]]
    detail: dict[str, JSON] = {"世帯数": len(homes), COUNTED: counted}
    least = max(threshold, OF_MANY * len(day.households(subject for _, subject in day.shown())))
    before = day.norms.unexplained_lately
    week, week_before = sum(before[1:]) + len(homes), sum(before)
    if homes and len(homes) >= least:
        sentence = f"業務上の理由が記録から見つからない閲覧が1日に{len(homes)}世帯分あった。{also}"
        return [Found("day", without[0][0].occurred_at, sentence, without[0][0].session, detail)]
    if homes and week >= least * WEEKS_WORTH > week_before:
        lately = f"7日間に{week}世帯分（この日に{len(homes)}世帯分）"
        sentence = f"業務上の理由が記録から見つからない閲覧が{lately}あった。{also}"
        return [Found("week", without[0][0].occurred_at, sentence, without[0][0].session, detail)]
    return []


RULE = DayRule(
    id="unexplained",
    number="20",
    title="理由の見つからない閲覧",
    needs="閲覧の記録とその前の7日間の夜間の照合、申請・処理・照会・訂正・学籍などの業務の記録（説明の照合）",
    threshold=(
        "1日にしきい値以上の世帯（30世帯を超えて開いた日は、その1割以上）、または7日間にその2倍以上になったとき"
        "（親族・注意対象などの記録は、1世帯でも信号21〜23が鳴る）"
    ),
    control="E1〜E6の理由が一つでもあれば数えない。同じ世帯の記録は、いくつ開いても1世帯。1日に1件。7日間の件数では、超えた日に1件",
    certainty="中（理由が記録にないだけで、口頭の依頼のこともある）。操作者に照会する",
    example="業務上の理由が記録から見つからない閲覧が1日に4世帯分あった。",
    standard=3,
    unit="世帯",
    evaluate=evaluate,
)
