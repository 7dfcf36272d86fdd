"""Signal 26: something was taken out outside the prefecture's hours, whenever the log-in was."""

from __future__ import annotations

from audit.detection.calendar import clock_words, day_off_name, is_inside, local
from audit.detection.outside_hours import NO_HOURS
from audit.detection.signals.access.exports import size_of, taken_out
from audit.detection.signals.base import Answer, Day, DayRule, Found
from audit.trail.reader import TrailEvent


def evaluate(day: Day, _: float) -> Answer:
    out, hours = taken_out(day), day.norms.hours
    if not out:
        return []
    if hours is None:
        return NO_HOURS
    by_session: dict[str, list[TrailEvent]] = {}
    for event in out:
        if not is_inside(event.occurred_at, hours, day.norms.notices):
            by_session.setdefault(event.session, []).append(event)
    found = []
    for session, events in by_session.items():
        day_off = day_off_name(local(events[0].occurred_at).date(), hours)
        when = f"{f'休日（{day_off}）の' if day_off else ''}{clock_words(local(events[0].occurred_at).time())}"
        sentence = (
            f"{when}に、利用時間外にファイル{len(events)}件・{sum(map(size_of, events)):,}行・人分を持ち出した。"
            f"利用時間は{hours.words}。時間外利用届なし。"
        )
        found.append(Found(session or "day", events[0].occurred_at, sentence, session))
    return found


RULE = DayRule(
    id="export_outside_hours",
    number="26",
    title="利用時間外の持出し",
    needs="持出し・ダウンロード・印刷の記録、団体の利用時間・休業日、祝日（jpholiday）、時間外利用届",
    threshold="業務日の利用時間の外の持出し（ログインが利用時間内でも）。終了時刻ちょうどは時間外、開始時刻ちょうどは時間内",
    control="別の人が出した時間外利用届の間は鳴らない。人についての内容のないファイルは数えない。一日の同じ利用（セッション）では1件",
    certainty="確実（時刻と暦だけで決まる）",
    example="21:30に、利用時間外にファイル1件・80行・人分を持ち出した。利用時間は平日7:00〜21:00。時間外利用届なし。",
    evaluate=evaluate,
)
