"""Signal 9: wrong passwords of one account within 15 minutes."""

from __future__ import annotations

from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.detection.signals.credentials.slips import mark_of, run_of
from audit.trail.entries import JSON
from audit.trail.vocabulary import Event

SPAN = timedelta(minutes=15)
MORE_AT_THE_OWN = 5
"""So many more within the span come from no forgetful person, who has to wait after the fifth."""


def evaluate(day: Day, threshold: float) -> Answer:
    """A complete log-in in between begins the count anew: somebody who mistypes and gets in is no attacker."""
    since = max((event.occurred_at for event in day.named_lately(Event.SESSION_LOGIN_SUCCEEDED)), default=None)
    failures = [e for e in day.about_lately if e.event == Event.SESSION_PASSWORD_FAILED]
    open_failures = [e for e in failures if since is None or e.occurred_at > since]
    found = run_of(day, open_failures, SPAN, int(threshold), MORE_AT_THE_OWN)
    if found is None:
        return []
    run, is_report = found
    sentence = f"15分間に{len(run)}回、パスワードの誤りがあり、その後ログインできていない。5回目からは待ち時間が入る。"
    detail: dict[str, JSON] = {"回数": len(run)}
    return [Found(mark_of(run, is_report), run[-1].occurred_at, sentence, "", detail, is_report)]


RULE = DayRule(
    id="password_failures",
    number="9",
    title="続くパスワード誤り",
    needs="パスワード誤りの記録（入力された文字は記録しない）",
    threshold="同じ利用者で15分間にしきい値以上の誤りがあり、その後にログインがないとき",
    control="正しくログインできれば数え直す。すべて本人がふだん使う端末での誤りなら、5回多くなるまでは報告のみ（次のログインで本人に知らせる）。利用者は時間を限って待たされるだけで、止められない",
    certainty="確実（誤りがあったこと）。本人の打ち間違いのこともある",
    example="15分間に5回、パスワードの誤りがあり、その後ログインできていない。5回目からは待ち時間が入る。",
    standard=5,
    unit="回",
    evaluate=evaluate,
)
