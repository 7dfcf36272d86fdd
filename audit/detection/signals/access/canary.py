"""Signal 34: a made-up household that exists only to be watched was opened."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found


def evaluate(day: Day, _: float) -> Answer:
    opened = {day.home(subject): event for event, subject in reversed(day.shown()) if subject in day.canaries}
    return [
        Found(
            f"{home.kind}:{home.id}",
            event.occurred_at,
            "見守りのために置いた架空の世帯の記録を開いた。開く業務はない。事案として直ちに確かめる。",
            event.session,
        )
        for home, event in opened.items()
    ]


RULE = DayRule(
    id="canary",
    number="34",
    title="おとりの記録",
    needs="情報セキュリティ管理者が置いた架空の世帯（おとりの世帯の画面）",
    threshold="1件",
    control="おとりは専用の表にあり、世帯の検索と世帯の画面のほかには現れない。検索の結果に並ぶだけでは鳴らない",
    certainty="高い（業務で開く理由がない）",
    example="見守りのために置いた架空の世帯の記録を開いた。開く業務はない。事案として直ちに確かめる。",
    evaluate=evaluate,
)
