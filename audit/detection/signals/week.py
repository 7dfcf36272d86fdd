"""Signal 33: somebody whose week looks unlike those of their colleagues. Only ever reported: being different is no fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from audit.detection.rules import Described
from audit.detection.signals.base import Answer, Found
from audit.trail.labels import WORDING

LEAST_COLLEAGUES = 8
_CONSISTENT, _SOFT = 1.4826, 0.5
"""MAD to standard deviation; and what keeps an act that nearly nobody does from weighing without bound."""

TOO_FEW = "同じ役割の人が8人に満たないため、ほかの人との違いを判定できません。"


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of one role: how often each person (職員ID) caused each event. `person`: whom it is about."""

    person: str
    until: datetime
    counts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class WeekRule(Described):
    evaluate: Callable[[Week, float], Answer]

    @property
    def looks_at(self) -> str:
        return "操作の記録（7日分、毎夜）"


def evaluate(week: Week, threshold: float) -> Answer:
    """Root mean square of the robust z of log counts, over every event that anybody of the role caused."""
    others = [counts for person, counts in week.counts.items() if person != week.person]
    if len(others) < LEAST_COLLEAGUES:
        return TOO_FEW
    words = sorted({word for counts in week.counts.values() for word in counts})
    theirs = np.log1p(np.array([[counts.get(word, 0) for word in words] for counts in others], dtype=np.float64))
    own = np.log1p(np.array([week.counts[week.person].get(word, 0) for word in words], dtype=np.float64))
    centre = np.median(theirs, axis=0)
    spread = _CONSISTENT * np.median(np.abs(theirs - centre), axis=0) + _SOFT
    z = (own - centre) / spread
    distance = float(np.sqrt((z**2).mean()))
    if distance <= threshold:
        return []
    most = words[int(np.abs(z).argmax())]
    label = WORDING[most].label if most in WORDING else most
    usual = float(np.expm1(centre[words.index(most)]))
    sentence = (
        f"この7日の操作が同じ役割の人と大きく違う（距離 {distance:.1f}）。最も違うのは「{label}」"
        f"（{week.counts[week.person].get(most, 0)}回、ほかの人はふだん{usual:.0f}回）。"
    )
    return [Found(f"{week.until:%G-W%V}", week.until, sentence)]


PEERS = WeekRule(
    id="peer_outlier",
    number="33",
    title="同僚と違う一週間",
    needs="同じ役割の人の7日分の操作の種類と回数",
    threshold="操作の回数の対数の頑健zの二乗平均平方根がしきい値より大きいとき",
    control="報告のみ。同じ役割が9人に満たなければ判定しない。1週間に1件",
    certainty="低い（違うだけ）。担当の違いのこともある",
    example="この7日の操作が同じ役割の人と大きく違う（距離 4.2）。最も違うのは「世帯の閲覧」（900回、ほかの人はふだん40回）。",
    standard=4,
    unit="（距離）",
    is_report=True,
    evaluate=evaluate,
)
