"""Signal 9: wrong passwords of one account within 15 minutes."""

from __future__ import annotations

from datetime import timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.vocabulary import Event

SPAN = timedelta(minutes=15)


def evaluate(day: Day, threshold: float) -> Answer:
    """A complete log-in in between begins the count anew: somebody who mistypes and gets in is no attacker."""
    since = max((event.occurred_at for event in day.named_lately(Event.SESSION_LOGIN_SUCCEEDED)), default=None)
    failures = [e for e in day.about_lately if e.event == Event.SESSION_PASSWORD_FAILED]
    open_failures = [e for e in failures if since is None or e.occurred_at > since]
    run = day.run(open_failures, SPAN, int(threshold))
    if run is None:
        return []
    sentence = f"15分間に{len(run)}回、パスワードの誤りがあり、その後ログインできていない。5回目からは待ち時間が入る。"
    return [Found(run[0].id.hex, run[-1].occurred_at, sentence, detail={"回数": len(run)})]


RULE = DayRule(
    id="password_failures",
    number="9",
    title="続くパスワード誤り",
    needs="パスワード誤りの記録（入力された文字は記録しない）",
    threshold="同じ利用者で15分間にしきい値以上の誤りがあり、その後にログインがないとき",
    control="正しくログインできれば数え直す。利用者は時間を限って待たされるだけで、止められない",
    certainty="確実（誤りがあったこと）。本人の打ち間違いのこともある",
    example="15分間に5回、パスワードの誤りがあり、その後ログインできていない。5回目からは待ち時間が入る。",
    standard=5,
    unit="回",
    evaluate=evaluate,
)
