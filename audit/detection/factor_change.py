"""Rule: a second factor (認証器) of somebody who works here already was switched off or replaced."""

from __future__ import annotations

from accounts.models import SessionRecord
from audit.detection.calendar import clock_words, local
from audit.detection.rules import Act, ActKind, Outcome, Result, Rule

WORDS = {
    "activation_issued": "利用開始コードが発行され、それまでの認証器が使えなくなった",
    "totp_enrolled": "新しい認証器が登録された",
}


def evaluate(act: Act) -> Result:
    return judge(act, SessionRecord.objects.filter(user__username=act.username).exists())


def judge(act: Act, has_worked_here: bool) -> Result:
    """The rule proper, without the database. A newcomer's first authenticator is no change."""
    if not has_worked_here:
        return Result(Outcome.SILENT)
    what = WORDS.get(act.what, "認証器が変わった")
    sentence = f"{clock_words(local(act.at).time())}に、ログインしたことのある利用者について{what}。本人の申出によるものか確かめる。"
    return Result(Outcome.FIRED, sentence, {"act": act.kind.value, "change": act.what})


RULE = Rule(
    id="factor_change",
    number="15",
    title="認証器の変更",
    watches=(ActKind.FACTOR_CHANGE,),
    needs="認証器の登録・停止、これまでのログイン",
    threshold="ログインしたことのある利用者の認証器が止められたか、新しく登録されたとき",
    control="まだログインしたことのない人の初めての登録では鳴らない",
    certainty="確実（変更があったこと）。不正かどうかは本人に確かめる",
    example="10:00に、ログインしたことのある利用者について新しい認証器が登録された。本人の申出によるものか確かめる。",
    evaluate=evaluate,
)
