"""Signal 31: a cookie, a number or a file of another prefecture was tried here, or the database itself refused.

What a person tried belongs to that person's day; what came without a proved person, or inside a job, to the office.
"""

from __future__ import annotations

from collections.abc import Sequence

from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.detection.signals.office import Office, OfficeRule
from audit.trail.reader import TrailEvent
from audit.trail.vocabulary import Event

DATABASE = "database"
"""`what` of a refusal by the database: the prefecture's own login may read nothing of another's."""


def evaluate(day: Day, _: float) -> Answer:
    return [_told(mark, events) for mark, events in _kinds(day.named(Event.ACCESS_PREFECTURE_REFUSED)) if events]


def nobody(office: Office, _: float) -> Answer:
    """An hour's tries are one finding."""
    return [
        _told(f"{mark}:{events[0].occurred_at:%Y%m%d%H}", events) for mark, events in _kinds(office.foreign) if events
    ]


def _kinds(tries: Sequence[TrailEvent]) -> list[tuple[str, list[TrailEvent]]]:
    return [
        ("day", [event for event in tries if event.detail.get("what") != DATABASE]),
        (DATABASE, [event for event in tries if event.detail.get("what") == DATABASE]),
    ]


def _told(mark: str, events: Sequence[TrailEvent]) -> Found:
    what = (
        f"データベースが、この団体に許していない読み書きを{len(events)}回断った。製品の誤りか、不正なSQLのおそれ。"
        if events[0].detail.get("what") == DATABASE
        else f"別の団体のCookie・番号・ファイルを使う試みが{len(events)}回あり、断った。"
    )
    return Found(mark, events[0].occurred_at, what, events[0].session, {"回数": len(events)})


RULE = DayRule(
    id="other_prefecture",
    number="31",
    title="別の団体への試み",
    needs="他団体の利用の拒否、データベースの拒否",
    threshold="1件",
    control="なし（業務では起こらない）。1日に、試みとデータベースの拒否のそれぞれ1件",
    certainty="高い",
    example="別の団体のCookie・番号・ファイルを使う試みが1回あり、断った。",
    evaluate=evaluate,
)
NOBODY = OfficeRule(
    id="foreign_visit",
    number="31",
    title="ログインしていない人・処理の別の団体への試み",
    needs="他団体の利用の拒否とデータベースの拒否のうち、だれの操作か分からないものと、処理（ジョブ）の途中のもの",
    threshold="15分間に1件",
    control="ログインしている人のものは、その人の一日として数える。1時間に、種類ごとに1件",
    certainty="高い",
    example="別の団体のCookie・番号・ファイルを使う試みが1回あり、断った。",
    evaluate=nobody,
)
