"""Rule: a second factor (認証器) of somebody who works here already was switched off or replaced, a backup code used for it, or a new
set of them made."""

from __future__ import annotations

from accounts.models import SessionRecord, User
from audit.detection.calendar import clock_words, local
from audit.detection.rules import Act, ActKind, Outcome, Result, Rule

BACKUP_USED, BACKUP_ISSUED = "backup_used", "backup_issued"
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
    has_left = User.objects.filter(username=act.username, ends_on__lt=local(act.at).date()).exists()
    return judge(act, SessionRecord.objects.filter(user__username=act.username).exists(), has_left=has_left)


def judge(act: Act, has_worked_here: bool, *, has_left: bool = False) -> Result:
    """The rule proper, without the database. A newcomer's first authenticator is no change; a backup code is none of those.

    The person and every manager are told of each (お知らせ). An alert is what nobody decided beforehand; what was used or enrolled
    where the person does not work, `factor_elsewhere` tells.
    """
    clock, detail = clock_words(local(act.at).time()), {"act": act.kind.value, "change": act.what}
    if act.what == BACKUP_USED:
        return Result(Outcome.REPORTED, f"{clock}に、認証器の代わりに予備コードが使われた。", detail)
    if not has_worked_here:
        return Result(Outcome.SILENT)
    what = WORDS.get(act.what, "認証器が変わった")
    if act.what == BACKUP_ISSUED:
        return Result(Outcome.REPORTED, f"{clock}に、{what}。", detail)
    if act.is_approved:
        return Result(Outcome.REPORTED, f"{clock}に、申請と別の人の承認により、{what}。", detail)
    if has_left:
        return Result(Outcome.REPORTED, f"{clock}に、利用終了日を過ぎた利用者について{what}。", detail)
    sentence = f"{clock}に、ログインしたことのある利用者について{what}。本人の申出によるものか確かめる。"
    return Result(Outcome.FIRED, sentence, detail)


RULE = Rule(
    id="factor_change",
    number="15",
    title="認証器の変更・予備コードの使用と作り直し",
    watches=(ActKind.FACTOR_CHANGE,),
    needs="認証器の登録・停止、予備コードの使用と作り直し、申請と承認、これまでのログイン",
    threshold="ログインしたことのある利用者の認証器が、ひとりの操作で止められたか、新しく登録されたとき",
    control=(
        "本人と利用者管理者全員へのお知らせは、必ず出る。まだログインしたことのない人の初めての登録では鳴らない。申請と別の人の承認による"
        "再発行とその登録、利用終了日を過ぎた人のもの、予備コードの使用と作り直しは報告のみ（本人の端末でなければ「本人の端末でない認証器の"
        "登録・予備コード」が鳴る）。認証器の登録に続く予備コードは、その登録の1件に含める。予備コードの誤りは、ワンタイムパスワード誤りとして数える"
    ),
    certainty="確実（変更・使用があったこと）。不正かどうかは本人に確かめる",
    example="10:00に、ログインしたことのある利用者について新しい認証器が登録された。本人の申出によるものか確かめる。",
    evaluate=evaluate,
)
