"""Signal 10: wrong one-time passwords after the right password: somebody may know the password."""

from __future__ import annotations

from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.detection.signals.credentials.slips import mark_of, run_of
from audit.trail.entries import JSON
from audit.trail.vocabulary import Event

SPAN = timedelta(minutes=10)


MORE_AT_THE_OWN = 2
"""A few tries of a million codes open nothing to whoever sits there."""


def evaluate(day: Day, threshold: float) -> Answer:
    tries = (event for event in day.about_lately if event.event == Event.SESSION_OTP_FAILED)
    failures = [event for event in tries if event.detail.get("reason") == "wrong"]
    found = run_of(day, failures, SPAN, int(threshold), MORE_AT_THE_OWN)
    if found is None:
        return []
    run, is_report = found
    sentence = (
        f"正しいパスワードの後に、10分間で{len(run)}回ワンタイムパスワードが違った。パスワードが知られているおそれ。"
    )
    detail: dict[str, JSON] = {"回数": len(run)}
    return [Found(mark_of(run, is_report), run[-1].occurred_at, sentence, "", detail, is_report)]


RULE = DayRule(
    id="otp_failures",
    number="10",
    title="続くワンタイムパスワード誤り",
    needs="ワンタイムパスワード誤りの記録と、その理由",
    threshold="正しいパスワードの後、10分間にしきい値以上の誤り",
    control=(
        "認証器の時計のずれ（前後の時刻なら正しい値）と、使用済みの値の再送は数えない。すべて本人がふだん使う端末での誤りなら、2回多くなるまでは報告のみ"
    ),
    certainty="高い（パスワードは正しかった）",
    example="正しいパスワードの後に、10分間で3回ワンタイムパスワードが違った。パスワードが知られているおそれ。",
    standard=3,
    unit="回",
    evaluate=evaluate,
)
