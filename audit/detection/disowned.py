"""Rule: これは私ではない — a person says that a session of their account was somebody else."""

from __future__ import annotations

from audit.detection.calendar import clock_words, local
from audit.detection.rules import Act, ActKind, Outcome, Result, Rule


def evaluate(act: Act) -> Result:
    """Fires whenever somebody says so: nothing is weighed against the person's own word."""
    if act.kind is not ActKind.DISOWNED:
        return Result(Outcome.SILENT)
    return Result(
        Outcome.FIRED,
        f"{clock_words(local(act.at).time())}に本人が「これは私ではない」と申し出た利用がある。",
        {"act": act.kind.value},
    )


RULE = Rule(
    id="disowned",
    number="35",
    title="本人でない利用の申出",
    watches=(ActKind.DISOWNED,),
    needs="アカウントの画面での本人の申出",
    threshold="申出があったとき、必ず",
    control="同じ利用（セッション）への申出は1件だけ",
    certainty="本人の申立て（思い違いもあり得るので、端末と時刻を本人に確かめる）",
    example="9:05に本人が「これは私ではない」と申し出た利用がある。",
    evaluate=evaluate,
)
