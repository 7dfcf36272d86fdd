"""Signal 26: the first export or download a person ever made."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event

EXPORTS = (Event.EXPORT_TABLE_MADE, Event.EXPORT_FILE_DOWNLOADED, Event.EXPORT_TRAIL_MADE)
NOT_LEARNT = "過去の持出しをまだ調べていないため、初めてかどうかを判定できません。"


def evaluate(day: Day, _: float) -> Answer:
    exports = day.named(*EXPORTS)
    if not exports:
        return []
    if day.norms.has_exported is None:
        return NOT_LEARNT
    if day.norms.has_exported:
        return []
    first = exports[0]
    sentence = f"初めてファイルを持ち出した（{len(exports)}件、対象{sum(len(e.subjects) for e in exports)}件）。"
    return [Found("first", first.occurred_at, sentence, first.session)]


RULE = DayRule(
    id="first_export",
    number="26",
    title="初めての持出し",
    needs="ファイルの作成・ダウンロードの記録（過去180日）",
    threshold="過去180日に持出しのない人の持出し",
    control="1日に1件。前に持ち出したことがあれば鳴らない",
    certainty="確実（初めてであること）。担当の交代のこともある",
    example="初めてファイルを持ち出した（1件、対象0件）。",
    is_report=True,
    evaluate=evaluate,
)
