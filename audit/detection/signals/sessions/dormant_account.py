"""Signal 13: an account that slept for long wakes up."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event


def evaluate(day: Day, threshold: float) -> Answer:
    logins = day.named(Event.SESSION_LOGIN_SUCCEEDED)
    before = day.person.last_login_before
    if not logins or before is None:
        return []
    away = (logins[0].occurred_at - before).days
    if away <= threshold:
        return []
    sentence = f"{away}日ぶりのログイン（目安 {threshold:g}日）。休んでいた本人が戻ったのかを確かめる。"
    return [Found("woke", logins[0].occurred_at, sentence, str(logins[0].detail.get("session", "")))]


RULE = DayRule(
    id="dormant_account",
    number="13",
    title="長く使われなかった利用者",
    needs="前回のログイン",
    threshold="前回のログインからしきい値の日数より後のログイン",
    control="初めてのログインでは鳴らない。復職の予定は例外として登録できる",
    certainty="確実（間があいたこと）",
    example="75日ぶりのログイン（目安 60日）。休んでいた本人が戻ったのかを確かめる。",
    standard=60,
    unit="日",
    evaluate=evaluate,
)
