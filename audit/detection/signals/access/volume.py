"""Signal 17: far more different households' records on one day than this person ever opens."""

from __future__ import annotations

from audit.detection.signals.access.counting import negative_binomial_tail, norm_of, season_of
from audit.detection.signals.base import Answer, Day, DayRule, Found

FLOOR = 30
"""Fewer households than this are never many."""

NOT_LEARNT = "閲覧の件数がまだ10日分ないため、多いかどうかを判定できません。"


def evaluate(day: Day, threshold: float) -> Answer:
    seen = day.households(subject for _, subject in day.shown() if subject not in day.in_batch)
    if len(seen) < FLOOR:
        return []
    if day.norms.daily_records is None:
        return NOT_LEARNT
    mean, size = norm_of(day.norms.daily_records, day.norms.role_daily_records)
    mean *= season_of(day.norms.role_daily_records, day.norms.role_lately)
    chance = negative_binomial_tail(len(seen), mean, size)
    if chance > threshold:
        return []
    last = max(event.occurred_at for event, _ in day.shown())
    sentence = f"1日に{len(seen)}世帯分の記録を開いた。ふだんは1日およそ{mean:.0f}世帯分（これほど多い日の確率 {chance:.1e}）。"
    return [Found("many", last, sentence, detail={"世帯数": len(seen), "平均": round(mean)})]


RULE = DayRule(
    id="volume",
    number="17",
    title="多数の記録の閲覧",
    needs="本人と同じ役割の人の、過去90日の一日ごとの閲覧世帯数",
    threshold="30世帯以上で、負の二項分布での確率がしきい値以下",
    control=(
        "同じ世帯の記録は、いくつ開いても1世帯。本人の平均は同じ役割の人の平均へ寄せ、ほかの人の最近7日がふだんより多い時期は、"
        "その比（3倍まで）だけ多く見込む。一覧と検索は数えない。名簿取込の要確認の行がある世帯と、承認済みの一括処理は数えない"
    ),
    certainty="統計的。年度初めなどの繁忙期のこともある",
    example="1日に120世帯分の記録を開いた。ふだんは1日およそ14世帯分（これほど多い日の確率 2.1e-05）。",
    standard=0.001,
    unit="（確率）",
    fires_below=True,
    evaluate=evaluate,
)
