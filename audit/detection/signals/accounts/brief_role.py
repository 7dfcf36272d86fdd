"""Signal 28: a role was given, used and taken away again within a day."""

from __future__ import annotations

from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event

AT_ONCE = timedelta(seconds=5)
"""What a second person approves is done in the same transaction."""


def evaluate(day: Day, threshold: float) -> Answer:
    """A role that was asked for and approved by another person has its paper (申請と承認の記録) and needs no alert."""
    given = [e for e in day.about_lately if e.event == Event.ACCOUNT_ROLE_ASSIGNED and not _is_approved(day, e)]
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


def _is_approved(day: Day, given: TrailEvent) -> bool:
    return any(
        event.event == Event.ACCOUNT_REQUEST_APPROVED
        and event.detail.get("kind") == "role"
        and timedelta(0) <= given.occurred_at - event.occurred_at <= AT_ONCE
        for event in day.about_lately
    )


RULE = DayRule(
    id="brief_role",
    number="28",
    title="短い間だけの役割",
    needs="役割の付与と終了、その間の操作、申請と承認の記録",
    threshold="付与からしきい値の時間以内に外され、その間に操作があったとき",
    control="使われなかった付与の取消し（間違い）と、申請と別の人の承認による付与では鳴らない。終わった日から、しきい値の時間だけ前の日へさかのぼる",
    certainty="確実（付与・利用・終了の順）。臨時の代行のこともある",
    example="役割が付与されてから2.0時間で外され、その間に12件の操作があった。",
    standard=24,
    unit="時間",
    fires_below=True,
    evaluate=evaluate,
)
