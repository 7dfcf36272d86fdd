"""Signal 28: a role was given, used and taken away again within a day."""

from __future__ import annotations

from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event


def evaluate(day: Day, threshold: float) -> Answer:
    given = [e for e in day.about_lately if e.event == Event.ACCOUNT_ROLE_ASSIGNED]
    ended = [e for e in day.about if e.event == Event.ACCOUNT_ROLE_ENDED]
    for start in given:
        for end in ended:
            span = end.occurred_at - start.occurred_at
            same = start.detail.get("role") == end.detail.get("role")
            used = [e for e in day.lately if start.occurred_at < e.occurred_at < end.occurred_at]
            if same and timedelta(0) < span <= timedelta(hours=threshold) and used:
                hours = span.total_seconds() / 3600
                sentence = f"役割が付与されてから{hours:.1f}時間で外され、その間に{len(used)}件の操作があった。"
                return [Found(start.id.hex, end.occurred_at, sentence)]
    return []


RULE = DayRule(
    id="brief_role",
    number="28",
    title="短い間だけの役割",
    needs="役割の付与と終了、その間の操作",
    threshold="付与からしきい値の時間以内に外され、その間に操作があったとき",
    control="使われなかった付与の取消し（間違い）では鳴らない。終わった日から、しきい値の時間だけ前の日へさかのぼる",
    certainty="確実（付与・利用・終了の順）。臨時の代行のこともある",
    example="役割が付与されてから2.0時間で外され、その間に12件の操作があった。",
    standard=24,
    unit="時間",
    fires_below=True,
    evaluate=evaluate,
)
