"""Signal 31: a cookie, a number or a file of another prefecture was tried here."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event


def evaluate(day: Day, _: float) -> Answer:
    tries = day.named(Event.ACCESS_PREFECTURE_REFUSED)
    if not tries:
        return []
    sentence = f"別の団体のCookie・番号・ファイルを使う試みが{len(tries)}回あり、断った。"
    return [Found("day", tries[0].occurred_at, sentence, tries[0].session)]


RULE = DayRule(
    id="other_prefecture",
    number="31",
    title="別の団体への試み",
    needs="他団体の利用の拒否",
    threshold="1件",
    control="なし（業務では起こらない）",
    certainty="高い",
    example="別の団体のCookie・番号・ファイルを使う試みが1回あり、断った。",
    evaluate=evaluate,
)
