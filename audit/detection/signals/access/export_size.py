"""Signal 26: far more rows, or files, taken out on one day than people of the role ever take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from audit.detection.exports.usual import RoleDays, Sizes
from audit.detection.signals.access.exports import is_approved, size_of, taken_out
from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.entries import JSON

LEAST_ROWS, LEAST_FILES = 30, 10
"""Fewer are never many (30 as of the people of signal 17)."""

NOT_LEARNT = "同じ役割の人の持出しの記録がまだ20日分ないため、持出しの件数が多いかどうかを判定できません。"


@dataclass(frozen=True, slots=True)
class Measure:
    """One size of a day, and what it is compared with: the role of the person to which it is the least rare."""

    size: int
    what: str
    unit: str
    role: str
    people: int
    usual: Sizes

    @property
    def share(self) -> float:
        return self.usual.share(self.size)

    def words(self, threshold: float) -> str:
        known = self.usual
        return (
            f"1日に{self.what}{self.size:,}{self.unit}を持ち出した。同じ役割（{self.role}）の{self.people}人が過去400日に持ち出した"
            f"{known.days}日では、多い方から{threshold:.1%}の日で{known.passed_by(threshold):,}{self.unit}、"
            f"最も多い日で{known.most:,}{self.unit}（これほど多い日の割合 {self.share:.1%}）。"
        )


def evaluate(day: Day, threshold: float) -> Answer:
    """One finding a day, of the rows before the files."""
    out, roles = taken_out(day), day.norms.exports or ()
    rows, files = sum(size_of(event) for event in out if not is_approved(event)), len(out)
    measures: list[Measure | None] = []
    if rows >= LEAST_ROWS:
        measures.append(_least_rare(rows, "承認を受けていない", "行・人分", _rows(roles)))
    if files >= LEAST_FILES:
        measures.append(_least_rare(files, "ファイル", "件", _files(roles)))
    told = [one for one in measures if one is not None and one.share <= threshold]
    if told:
        detail: dict[str, JSON] = {"行": rows, "ファイル": files, "役割": told[0].role}
        return [Found("day", out[-1].occurred_at, told[0].words(threshold), out[-1].session, detail)]
    return NOT_LEARNT if None in measures else []


def _least_rare(size: int, what: str, unit: str, known: Sequence[tuple[str, int, Sizes]]) -> Measure | None:
    """None where of none of the roles enough is known."""
    found = [Measure(size, what, unit, role, people, usual) for role, people, usual in known]
    return max(found, key=lambda one: one.share, default=None)


def _rows(roles: Sequence[RoleDays]) -> list[tuple[str, int, Sizes]]:
    return [(one.role, one.people, one.rows) for one in roles if one.rows]


def _files(roles: Sequence[RoleDays]) -> list[tuple[str, int, Sizes]]:
    return [(one.role, one.people, one.files) for one in roles if one.files]


RULE = DayRule(
    id="export_size",
    number="26",
    title="多量の持出し",
    needs="持出し・ダウンロード・印刷の記録の件数（行・部・人）と、同じ役割の人の過去400日の、持出しのあった日ごとの件数（毎夜学習）",
    threshold=(
        "1日の件数（30以上）かファイルの数（10以上）が、同じ役割の人の持出しの日に占める割合でしきい値以下（標準は99パーセンタイルより上）"
    ),
    control=(
        "二人で承認した内容（支給、決定、媒体の持ち出し）の件数は数えない（ファイルの数には数える）。同じファイルの取り直しは1件。"
        "役割が二つ以上なら、多く持ち出す方の役割と比べる。役割の持出しが20日分に満たなければ判定せず、99日分に満たない間は、"
        "それまでの最も多い日を超え、中央値と絶対偏差による推定でもまれな場合だけ鳴る。警報のあった利用は、正当・恒常と判定されるまで学習しない。"
        "1日に1件"
    ),
    certainty="統計的（割合は、同じ役割の人の持出しの日のうち、これほど多い日の占めるもの。不正の確率ではない）。年に一度の仕事のこともある",
    example=(
        "1日に承認を受けていない480行・人分を持ち出した。同じ役割（学校事務担当）の6人が過去400日に持ち出した143日では、"
        "多い方から1.0%の日で120行・人分、最も多い日で200行・人分（これほど多い日の割合 0.1%）。"
    ),
    standard=0.01,
    unit="（割合）",
    fires_below=True,
    evaluate=evaluate,
)
