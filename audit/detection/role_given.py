"""Rule: one person alone gave somebody a role with which numbers are read, others are decided for, or the watch itself is kept."""

from __future__ import annotations

from accounts.roles import STRONG_ROLES, Role
from audit.detection.calendar import clock_words, local
from audit.detection.rules import Act, ActKind, Outcome, Result, Rule


def evaluate(act: Act) -> Result:
    """What a command as owner gives (開設時の登録) has its own record outside; here people are watched."""
    if act.what not in STRONG_ROLES or not act.by:
        return Result(Outcome.SILENT)
    role, clock = Role(act.what).label, clock_words(local(act.at).time())
    detail = {"act": act.kind.value, "role": act.what, "by": act.by}
    if act.is_approved:
        return Result(Outcome.REPORTED, f"{clock}に、申請と別の人の承認により{role}の役割が付与された。", detail)
    sentence = f"{clock}に{role}の役割が付与された（付与した人: {act.by}）。依頼の記録と照らして確かめる。"
    return Result(Outcome.FIRED, sentence, detail)


RULE = Rule(
    id="role_given",
    title="強い役割の付与",
    watches=(ActKind.ROLE_GIVEN,),
    needs="役割の付与と、付与した人",
    threshold="個人番号取扱者・承認者・監視担当・情報セキュリティ管理者・テナント管理者の役割が、ひとりの操作で付与されたとき",
    control="ほかの役割の付与、開設時の登録では鳴らない。申請と別の人の承認による付与は、報告のみ。付与1件につき1件",
    certainty="確実（付与があったこと）。正当かどうかは依頼の記録で確かめる",
    example="10:00に承認者の役割が付与された（付与した人: nara-0123）。依頼の記録と照らして確かめる。",
    evaluate=evaluate,
)
