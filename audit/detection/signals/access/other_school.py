"""Signal 24: records of a school the person does not serve were reached for."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event


def evaluate(day: Day, threshold: float) -> Answer:
    refused = day.named(Event.ACCESS_SCHOOL_REFUSED)
    if len(refused) < threshold:
        return []
    schools = {subject.id for event in refused for subject in event.subjects if subject.kind == "school"}
    sentence = f"担当していない学校の記録を開こうとして{len(refused)}回断られた（学校{len(schools)}校）。"
    return [Found("day", refused[-1].occurred_at, sentence, refused[-1].session, {"回数": len(refused)})]


RULE = DayRule(
    id="other_school",
    number="24",
    title="担当外の学校の記録",
    needs="他校の記録の拒否",
    threshold="1日にしきい値以上",
    control="断られており、記録は見えていない。異動直後は例外を登録できる。1日に1件",
    certainty="確実（断ったこと）。古い控えのアドレスを開いただけのこともある",
    example="担当していない学校の記録を開こうとして3回断られた（学校1校）。",
    standard=3,
    unit="回",
    evaluate=evaluate,
)
