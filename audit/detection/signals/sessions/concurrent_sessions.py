"""Signal 7: a person's account began on another terminal while a session of it was still at work on the first.

Whoever walks over to the counter or back to their desk and forgot to log out does it once, and at a terminal that is known to be
theirs or everybody's: that is reported. Two people at one account push one another out, or one of them sits at a machine the
account's owner never used: that is an alert.

Only what was done inside a session counts: an enrolment, an activation code or a command is told in a person's name without
one, and is nobody at work. A session that had ended for any reason is over; the log-in that puts it to an end
(`replaced`) is the very thing looked for.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.detection.signals.sessions.long_session import ENDS
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event


def evaluate(day: Day, threshold: float) -> Answer:
    found = []
    for login in day.named(Event.SESSION_LOGIN_SUCCEEDED):
        since = login.occurred_at - timedelta(minutes=threshold)
        over = _over(day, login.occurred_at)
        others = {
            event.terminal
            for event in day.lately
            if since <= event.occurred_at < login.occurred_at
            and event.terminal not in ("", login.terminal)
            and event.session
            and event.session not in over
        }
        if others:
            sentence = f"端末{min(others)}で操作してから{threshold:g}分以内に、端末{login.terminal}でログインした。"
            walked = _is_known(day, login.terminal) and not _was_pushed_out(day, login, since)
            session = str(login.detail.get("session", ""))
            found.append(Found(login.id.hex, login.occurred_at, sentence, session, is_report=walked))
    return found


def _is_known(day: Day, terminal: str) -> bool:
    return terminal in day.norms.shared_terminals or terminal in (day.norms.usual_terminals or ())


def _was_pushed_out(day: Day, login: TrailEvent, since: datetime) -> bool:
    """Whether the account had logged in at another terminal just before: there and back again within minutes."""
    return any(
        since <= earlier.occurred_at < login.occurred_at and earlier.terminal != login.terminal
        for earlier in day.named_lately(Event.SESSION_LOGIN_SUCCEEDED)
    )


REPLACED = "replaced"
"""The reason of a session's end by a log-in elsewhere (`accounts.models.EndReason`)."""


def _over(day: Day, at: datetime) -> set[object]:
    """Sessions that had ended before this log-in, and not by it."""
    return {
        event.detail.get("session")
        for event in day.about_lately
        if event.event in ENDS and event.occurred_at <= at and event.detail.get("reason") != REPLACED
    }


RULE = DayRule(
    id="concurrent_sessions",
    number="7",
    title="二つの端末での同時利用",
    needs="操作の記録の端末、ログインと終了の記録、過去180日の本人の端末と共用の端末",
    threshold="利用中の別の端末での操作からしきい値の分数以内のログイン",
    control=(
        "前の端末での利用が終わっていれば、終わり方によらず鳴らない。本人か共用の端末へ一度移っただけなら報告のみ（数分のうちに行き来すれば鳴る）。"
        "利用開始の手続など、ログインしていない操作は数えない。先の利用は自動で終わり、本人に知らせる"
    ),
    certainty="高い。席の移動でログアウトを忘れたこともある",
    example="端末T-7K2M-9QRTで操作してから10分以内に、端末T-AAAA-BBBBでログインした。",
    standard=10,
    unit="分",
    fires_below=True,
    evaluate=evaluate,
)
