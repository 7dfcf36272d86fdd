"""Rule 1: 利用時間外の利用. A log-in, or a number shown, outside the prefecture's calendar and without a 時間外利用届."""

from __future__ import annotations

from collections.abc import Sequence

from audit.detection import queries
from audit.detection.calendar import Hours, Notice, clock_words, day_off_name, is_inside, local
from audit.detection.rules import Act, ActKind, Outcome, Result, Rule

NO_HOURS = "利用時間が登録されていないため、利用時間外かどうかを判定できません。"


def evaluate(act: Act) -> Result:
    """Two or three short reads. The calendar itself is `judge`."""
    hours = queries.hours_in_force()
    if hours is None:
        return Result(Outcome.NOT_EVALUABLE, NO_HOURS)
    return judge(act, hours, queries.notices_of(act.username, act.at))


def judge(act: Act, hours: Hours, notices: Sequence[Notice]) -> Result:
    """The rule proper, without the database."""
    if is_inside(act.at, hours, ()):
        return Result(Outcome.SILENT)
    is_noticed = is_inside(act.at, hours, notices)
    day_off = day_off_name(local(act.at).date(), hours)
    detail = {"act": act.kind.value, "hours": hours.words, "day_off": day_off}
    sentence = _sentence(act, hours, day_off, "あり" if is_noticed else "なし")
    return Result(Outcome.REPORTED if is_noticed else Outcome.FIRED, sentence, detail)


def _sentence(act: Act, hours: Hours, day_off: str, notice: str) -> str:
    when = f"{f'休日（{day_off}）の' if day_off else ''}{clock_words(local(act.at).time())}"
    return f"{when}に利用時間外の{act.kind.label}。利用時間は{hours.words}。時間外利用届{notice}。"


RULE = Rule(
    id="outside_hours",
    number="1",
    title="利用時間外の利用",
    watches=(ActKind.LOGIN, ActKind.REVEAL),
    needs="団体の利用時間・休業日、祝日（jpholiday）、時間外利用届",
    threshold="業務日の利用時間の外。終了時刻ちょうどは時間外、開始時刻ちょうどは時間内",
    control="別の人が出した時間外利用届の間は報告のみ（月次点検に数える）。同じ利用（セッション）では、ログインと番号表示のそれぞれ1件まで",
    certainty="確実（時刻と暦だけで決まる）",
    example="23:41に利用時間外のログイン。利用時間は平日7:00〜21:00。時間外利用届なし。",
    evaluate=evaluate,
)
