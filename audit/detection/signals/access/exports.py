"""Signal 26: what people take out of the system as files and prints; here the first that a person ever took."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.leaving import APPROVED_AS, LEAVES, TAKEN_OUT
from audit.trail.reader import TrailEvent

NOT_LEARNT = "過去の持出しをまだ調べていないため、初めてかどうかを判定できません。"


def taken_out(day: Day) -> list[TrailEvent]:
    """Every file or print about people that the person took on the day, oldest first; the same one taken again is taken once."""
    first: dict[object, TrailEvent] = {}
    for event in day.named(*LEAVES):
        if event.actor_kind == "person" and size_of(event):
            first.setdefault((event.event, event.subjects, repr(sorted(event.detail.items()))), event)
    return list(first.values())


def size_of(event: TrailEvent) -> int:
    """How many rows, documents or events about people it held."""
    count = event.detail.get(TAKEN_OUT, 0)
    return count if isinstance(count, int) else 0


def is_approved(event: TrailEvent) -> bool:
    """Whether two people agreed on this very content before."""
    return APPROVED_AS in event.detail


def evaluate(day: Day, _: float) -> Answer:
    exports = taken_out(day)
    if not exports:
        return []
    if day.norms.has_exported is None:
        return NOT_LEARNT
    if day.norms.has_exported:
        return []
    first = exports[0]
    sentence = (
        f"過去180日で初めてファイルを持ち出した（{len(exports)}件のファイル、{sum(map(size_of, exports))}人・行分）。"
    )
    return [Found("first", first.occurred_at, sentence, first.session)]


RULE = DayRule(
    id="first_export",
    number="26",
    title="初めての持出し",
    needs="ファイルの作成・ダウンロード・印刷の記録（過去180日）",
    threshold="過去180日に持出しのない人の持出し",
    control="1日に1件。前に持ち出したことがあれば鳴らない。人についての内容のないファイル（公開鍵、様式など）は数えない",
    certainty="確実（初めてであること）。担当の交代のこともある",
    example="過去180日で初めてファイルを持ち出した（1件のファイル、12人・行分）。",
    is_report=True,
    evaluate=evaluate,
)
