"""Signal 4: a session much longer or shorter than this person's usually are."""

from __future__ import annotations

from audit.detection.logins.durations import robust_z
from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.detection.signals.sessions.long_session import ENDS

NOT_LEARNT = "利用の長さがまだ20回分ないため、いつもと違うかどうかを判定できません。"


def evaluate(day: Day, threshold: float) -> Answer:
    """Long ones only: a short session harms nobody."""
    ends = [e for e in day.about if e.event in ENDS and isinstance(e.detail.get("seconds"), int)]
    if not ends:
        return []
    if day.norms.log_seconds is None:
        return NOT_LEARNT
    found = []
    for end in ends:
        seconds = int(end.detail["seconds"])
        z = robust_z(seconds, *day.norms.log_seconds)
        if z > threshold:
            sentence = f"{seconds // 60}分の利用は、本人と部署のふだんの長さから大きく外れる（頑健z {z:.1f}）。"
            found.append(Found(end.id.hex, end.occurred_at, sentence, str(end.detail.get("session", ""))))
    return found


RULE = DayRule(
    id="unusual_duration",
    number="4",
    title="いつもと違う利用の長さ",
    needs="本人と部署の過去180日の利用の長さ",
    threshold="長さの対数の頑健zがしきい値より大きいとき",
    control="本人の利用が20回に満たなければ判定しない。中央値と絶対偏差は部署へ寄せる。短い利用では鳴らない",
    certainty="統計的。年度末などの忙しさのこともある",
    example="412分の利用は、本人と部署のふだんの長さから大きく外れる（頑健z 4.1）。",
    standard=3.5,
    unit="（頑健z）",
    is_report=True,
    evaluate=evaluate,
)
