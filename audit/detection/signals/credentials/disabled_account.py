"""Signal 14: an account whose time has ended was used, or somebody tried to."""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.detection.signals.sessions.long_session import ENDS
from web.moments import start_of


def evaluate(day: Day, _: float) -> Answer:
    if day.person.day_after_last is None:
        return []
    ended = start_of(day.person.day_after_last)
    tries = [e for e in (*day.events, *day.about) if e.occurred_at >= ended and _is_try(e.event)]
    if not tries:
        return []
    first = min(tries, key=lambda event: event.occurred_at)
    succeeded = any(event.event == "session:login:succeeded" for event in tries)
    what = "ログインがあった" if succeeded else f"ログインしようとした記録が{len(tries)}件ある"
    sentence = f"利用終了日を過ぎた利用者のアカウントで{what}。退職・異動した人の認証情報が使われているおそれ。"
    return [Found("used" if succeeded else "tried", first.occurred_at, sentence, first.session)]


def _is_try(event: str) -> bool:
    """The end of a session is nobody's doing: one that was open on the last day runs out after it."""
    return event.startswith("session:") and event not in ENDS


RULE = DayRule(
    id="disabled_account",
    number="14",
    title="利用終了後の利用者",
    needs="利用者の利用終了日、ログインとその失敗の記録",
    threshold="利用終了日の翌日0時より後に、ログインかその試みが1件でもあるとき",
    control="利用終了日が登録されていない利用者では鳴らない。1日に1件",
    certainty="確実（終了後であること）",
    example="利用終了日を過ぎた利用者のアカウントでログインしようとした記録が1件ある。退職・異動した人の認証情報が使われているおそれ。",
    evaluate=evaluate,
)
