"""Signal 34: a made-up household that exists only to be watched was opened."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found


def evaluate(day: Day, _: float) -> Answer:
    opened = {subject: event for event, subject in reversed(list(day.shown())) if subject in day.canaries}
    return [
        Found(
            f"{subject.kind}:{subject.id}",
            event.occurred_at,
            "見守りのために置いた架空の世帯の記録を開いた。開く業務はない。",
            event.session,
        )
        for subject, event in opened.items()
    ]


RULE = DayRule(
    id="canary",
    number="34",
    title="おとりの記録",
    needs="団体が置いた架空の世帯（注意対象に「おとり」として登録）",
    threshold="1件",
    control="おとりは報告・帳票の対象外に置く。一覧に並ぶだけでは鳴らない",
    certainty="高い（業務で開く理由がない）",
    example="見守りのために置いた架空の世帯の記録を開いた。開く業務はない。",
    evaluate=evaluate,
)
