"""Signal 15, where nobody decided it: a backup code used, or an authenticator enrolled, where the person does not work.

That a code was used at all is told to the person and every manager at once (お知らせ). What makes it an alert is what an honest
person without the authenticator does not do: sit at a machine not theirs, or have the authenticator at hand on the same day.
"""

from __future__ import annotations

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event

OWN_FACTORS = ("totp", "webauthn")


def evaluate(day: Day, _: float) -> Answer:
    """A person who never logged in before enrols for the first time, wherever that is."""
    if day.person.last_login_before is None:
        return []
    used = [event for event in day.about if event.event == Event.SESSION_BACKUP_CODE_USED]
    return [*_elsewhere(day, [e for e in day.about if e.event in _WORDS]), *_beside_the_own(day, used)]


def _elsewhere(day: Day, events: list[TrailEvent]) -> list[Found]:
    """One for each terminal. While nothing is learnt of the person, no terminal is known to be theirs."""
    usual = day.norms.usual_terminals or frozenset()
    first = {event.terminal: event for event in reversed(events) if event.terminal not in usual}
    return [
        Found(
            f"place:{terminal}",
            event.occurred_at,
            f"本人がふだん使わない端末（{terminal}）で、{_WORDS[event.event]}。本人のしたことかを確かめる。",
            event.session,
        )
        for terminal, event in first.items()
    ]


_WORDS = {
    Event.SESSION_BACKUP_CODE_USED.value: "予備コードが使われた",
    Event.SESSION_OTP_ENROLLED.value: "新しい認証器が登録された",
    Event.SESSION_BACKUP_CODES_ISSUED.value: "予備コードが作り直された",
}


def _beside_the_own(day: Day, used: list[TrailEvent]) -> list[Found]:
    """Who has the authenticator at hand needs no backup code. An authenticator enrolled anew ends that."""
    entries = day.named(Event.SESSION_LOGIN_SUCCEEDED)
    changed = day.person.factor_changed_at
    own = [e for e in entries if e.detail.get("method") in OWN_FACTORS and not (changed and changed >= day.begins)]
    if not used or not own:
        return []
    sentence = "本人の認証器でログインした日に、予備コードも使われた。予備コードを使ったのが本人かを確かめる。"
    return [Found("both", max(used[0].occurred_at, own[0].occurred_at), sentence, used[0].session)]


RULE = DayRule(
    id="factor_elsewhere",
    number="15",
    title="本人の端末でない認証器の登録・予備コード",
    needs="認証器の登録、予備コードの使用と作り直しの端末、過去180日の本人の端末、その日のログインの方法",
    threshold="本人が3回以上ログインしたことのない端末での登録・使用・作り直し、または本人の認証器でもログインした日の予備コードの使用",
    control="初めての利用開始では鳴らない。認証器を登録し直した日のログインは数えない。1日、端末ごとに1件",
    certainty="高い。席の移動や端末の入替えのこと、昼に認証器を取りに戻ったこともある",
    example="本人の認証器でログインした日に、予備コードも使われた。予備コードを使ったのが本人かを確かめる。",
    evaluate=evaluate,
)
