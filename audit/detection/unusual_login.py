"""Rule 2 and 6: いつもと違うログイン. Hour and machine of a log-in together, compared with everybody's past log-ins."""

from __future__ import annotations

from accounts.models import SessionRecord
from audit.detection import limits
from audit.detection.logins.combination import Combined
from audit.detection.logins.deciding import decide, known
from audit.detection.logins.features import features_of
from audit.detection.rules import Act, ActKind, Outcome, Result, Rule

STANDARD = 0.005
ALERTS_A_MONTH = 0.5
"""As the p-values promise. In a made-up office with its moves and season half as many more come, which keeps it under one a month: all
rules together are to bring no more than four."""
NOT_LEARNT = "利用の習慣がまだ学習されていないため、いつもと違うかどうかを判定できません。"


def evaluate(act: Act) -> Result:
    """Two reads: habits, and the session that has just begun."""
    habits = known(act.username)
    session = SessionRecord.objects.filter(pk=act.session).first()
    if habits is None or session is None:
        return Result(Outcome.NOT_EVALUABLE, NOT_LEARNT)
    found = decide(habits, act.at, features_of(session.terminal, session.address, session.agent))
    return judge(found, within_budget(limits.threshold(RULE.id, STANDARD), habits.logins_a_month))


def within_budget(threshold: float, logins_a_month: int) -> float:
    """By the p-values one honest log-in in two months is told, really one a month at most: who answers must not learn to ignore."""
    return min(threshold, ALERTS_A_MONTH / max(logins_a_month, 1))


def judge(found: Combined | None, threshold: float) -> Result:
    """The rule proper, without the database."""
    if found is None:
        return Result(Outcome.NOT_EVALUABLE, NOT_LEARNT)
    if found.p_value > threshold:
        return Result(Outcome.SILENT)
    detail = {term.title: f"{term.p_value:.4f}" for term in found.terms} | {"p": f"{found.p_value:.5f}"}
    return Result(Outcome.FIRED, f"いつもと違うログイン（p={found.p_value:.4f}）。{found.sentence}", detail)


RULE = Rule(
    id="unusual_login",
    number="2・6",
    title="いつもと違うログイン",
    watches=(ActKind.LOGIN,),
    needs="過去180日のログインの時刻・端末・接続元・ブラウザ（本人とほかの職員）",
    threshold="時間帯と端末を合わせた珍しさのp値がしきい値以下。月におよそ1件を超えないよう、ログインの多い団体では自動で厳しくする",
    control="学習中と長い不在の後は組織とだけ比べる。部署に広まる更新は数えない。本人でない・目的外とされた利用からは学習しない",
    certainty="統計的（p値はこれ以上に珍しい過去の利用の割合。不正の確率ではない）",
    example="いつもと違うログイン（p=0.0012）。【時間帯】平日の2:00〜2:30の利用。本人の過去30回のうち、平日のこの前後1時間に始まったものは0回。",
    standard=STANDARD,
    unit="（p値）",
    fires_below=True,
    evaluate=evaluate,
)
