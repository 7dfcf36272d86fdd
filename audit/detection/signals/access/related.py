"""Signals 21 and 22: the record of somebody who seems to belong to the actor's family, or of a colleague."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.entries import Subject

UNKNOWN = "職員と世帯の氏名・住所・口座・学校を照らし合わせる仕組みが登録されていないため、判定できません。"


def evaluate(day: Day, _: float) -> Answer:
    """Once a day and household, whichever of its records were opened."""
    if day.related is None:
        return UNKNOWN
    found = {}
    for event, subject in day.shown():
        home = day.home(subject)
        if subject in day.related and home not in found and counts(day, subject):
            sentence = f"{day.related[subject]}の記録を開いた。"
            found[home] = Found(f"{home.kind}:{home.id}", event.occurred_at, sentence, event.session)
    return list(found.values())


def counts(day: Day, subject: Subject) -> bool:
    """The person's own name always; a colleague's, or only the surname, where no reason explains the access."""
    if day.related is not None and day.related[subject].startswith(OWN):
        return True
    return day.unexplained is None or subject in day.unexplained


OWN = "本人"

RULE = DayRule(
    id="related",
    number="21・22",
    title="親族・同僚とみられる記録",
    needs="職員の氏名とかな、世帯の氏名・住所・振込口座と学校（照合は団体の中だけで、氏名・住所・口座は記録に残さない）",
    threshold="1件",
    control="1日、世帯ごとに1件。姓だけの一致では鳴らない（姓と担当校の両方、または氏名全部の一致が要る）。本人と同名でなければ、業務上の理由がある閲覧では鳴らない",
    certainty="中（同姓同名のこともある）。職員の住所・口座は持たないため、住所と口座は、本人の氏名のある世帯との間と口座名義だけを比べる",
    example="本人と氏名の同じ人の世帯の記録を開いた。",
    evaluate=evaluate,
)
