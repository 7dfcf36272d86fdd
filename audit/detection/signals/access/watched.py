"""Signal 23: a record the board keeps a special eye on (支援措置, officials, cases in the press)."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found


def evaluate(day: Day, threshold: float) -> Answer:
    """Once a day and household, whichever of its records were opened."""
    found = {}
    for event, subject in day.shown():
        home = day.home(subject)
        if subject not in day.watched or home in found:
            continue
        if day.unexplained is not None and subject not in day.unexplained:
            continue
        sentence = "注意対象（支援措置など）の記録を開いた。業務上の理由は記録から見つからない。"
        found[home] = Found(f"{home.kind}:{home.id}", event.occurred_at, sentence, event.session)
    return list(found.values()) if len(found) >= threshold else []


RULE = DayRule(
    id="watched",
    number="23",
    title="注意対象の記録",
    needs="支援措置の世帯と、団体が注意対象に登録した記録、説明の照合",
    threshold="1日に、理由の見つからない閲覧がしきい値以上の世帯であったとき",
    control="1日、世帯ごとに1件。申請や訂正などの理由がある閲覧では鳴らない。照合がまだなら、すべて鳴る",
    certainty="高い（注意対象であること）",
    example="注意対象（支援措置など）の記録を開いた。業務上の理由は記録から見つからない。",
    standard=1,
    unit="世帯",
    evaluate=evaluate,
)
