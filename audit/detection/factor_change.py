"""Rule: a second factor (認証器) of somebody who works here already was switched off or replaced, a backup code used for it, or a new
set of them made."""

from __future__ import annotations

from accounts.models import SessionRecord
from audit.detection.calendar import clock_words, local
from audit.detection.rules import Act, ActKind, Outcome, Result, Rule

BACKUP_USED = "backup_used"
WORDS = {
    "activation_issued": "利用開始コードが発行され、それまでの認証器が使えなくなった",
    "totp_enrolled": "新しい認証器が登録された",
    "webauthn_enrolled": "新しいセキュリティキーが登録された",
    "token_returned": "ハードウェアトークンが返却され、使えなくなった",
    "token_lost": "ハードウェアトークンの紛失が記録され、使えなくなった",
    "declared_lost": "認証器の紛失が届け出られ、認証器と予備コードが使えなくなった",
    "backup_issued": "新しい予備コードの一組が作られ、前の予備コードが使えなくなった",
}
"""By `FactorChanged.what`; a test compares them with what the product announces."""


def evaluate(act: Act) -> Result:
    return judge(act, SessionRecord.objects.filter(user__username=act.username).exists())


def judge(act: Act, has_worked_here: bool) -> Result:
    """The rule proper, without the database. A newcomer's first authenticator is no change; a backup code is none of those."""
    clock, detail = clock_words(local(act.at).time()), {"act": act.kind.value, "change": act.what}
    if act.what == BACKUP_USED:
        sentence = (
            f"{clock}に、認証器の代わりに予備コードが使われた。本人が使ったものか、認証器を持っているか確かめる。"
        )
        return Result(Outcome.FIRED, sentence, detail)
    if not has_worked_here:
        return Result(Outcome.SILENT)
    what = WORDS.get(act.what, "認証器が変わった")
    sentence = f"{clock}に、ログインしたことのある利用者について{what}。本人の申出によるものか確かめる。"
    return Result(Outcome.FIRED, sentence, detail)


RULE = Rule(
    id="factor_change",
    number="15",
    title="認証器の変更・予備コードの使用と作り直し",
    watches=(ActKind.FACTOR_CHANGE,),
    needs="認証器の登録・停止、予備コードの使用と作り直し、これまでのログイン",
    threshold="ログインしたことのある利用者の認証器が止められたか、新しく登録されたとき、予備コードが作り直されたとき、または予備コードが使われたとき",
    control="まだログインしたことのない人の初めての登録では鳴らない。認証器の登録に続く予備コードは、その登録の1件に含める。予備コードの誤りは、ワンタイムパスワード誤りとして数える",
    certainty="確実（変更・使用があったこと）。不正かどうかは本人に確かめる",
    example="10:00に、ログインしたことのある利用者について新しい認証器が登録された。本人の申出によるものか確かめる。",
    evaluate=evaluate,
)
