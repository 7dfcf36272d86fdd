"""Signals 21 and 22: the record of somebody who seems to belong to the actor's family, or of a colleague."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found

UNKNOWN = "職員と世帯の氏名・学校を照らし合わせる仕組みが登録されていないため、判定できません。"


def evaluate(day: Day, _: float) -> Answer:
    """Whether a reason explains it or not: it is asked about once a day and subject, and listed in the monthly review."""
    if day.related is None:
        return UNKNOWN
    found = {}
    for event, subject in day.shown():
        if subject in day.related and subject not in found:
            sentence = f"{day.related[subject]}の記録を開いた。"
            found[subject] = Found(f"{subject.kind}:{subject.id}", event.occurred_at, sentence, event.session)
    return list(found.values())


RULE = DayRule(
    id="related",
    number="21・22",
    title="親族・同僚とみられる記録",
    needs="職員の氏名、世帯の保護者等の氏名と学校（照合は団体の中だけで、氏名は記録に残さない）",
    threshold="1件",
    control="姓だけの一致では鳴らない（姓と担当校の両方、または氏名全部の一致が要る）。申告済みの関係は例外として登録できる",
    certainty="中（同姓同名のこともある）。担当の業務であっても月次点検に載せる",
    example="職員と氏名の同じ保護者の世帯の記録を開いた。",
    evaluate=evaluate,
)
