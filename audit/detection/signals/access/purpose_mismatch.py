"""Signal 27: numbers were shown under a 事務コード that fits neither the person, nor the season, nor a page opened before."""

from __future__ import annotations

from collections.abc import Mapping

from audit.detection.purposes import Screen, Standing
from audit.detection.signals.base import Answer, Day, DayRule, Found, reveals_of
from audit.trail.entries import JSON, Subject
from audit.trail.reader import TrailEvent

UNKNOWN = "選ばれた事務コード（{codes}）がどの仕事のものか登録されていないため、目的に合うかを判定できません。"


def evaluate(day: Day, threshold: float) -> Answer:
    """Once a day, when so many people were shown whom no purpose fits."""
    shown = [event for event in reveals_of(day) if event.duty]
    if not shown:
        return []
    wrong: dict[str, dict[Subject, TrailEvent]] = {}
    for event in shown:
        standing = day.purposes.get(event.duty)
        if standing is None or _fits(standing, event, day):
            continue
        wrong.setdefault(event.duty, {}).update({s: event for s in event.subjects if s.kind == "member"})
    people = {subject for members in wrong.values() for subject in members}
    if wrong and len(people) >= threshold:
        last = max((event for members in wrong.values() for event in members.values()), key=lambda e: e.occurred_at)
        detail: dict[str, JSON] = {"人数": len(people), "事務コード": sorted(wrong)}
        return [
            Found("day", last.occurred_at, _words(wrong, day.purposes, len(people), threshold), last.session, detail)
        ]
    unknown = sorted({event.duty for event in shown} - day.purposes.keys())
    return UNKNOWN.format(codes="、".join(unknown)) if unknown else []


def _fits(standing: Standing, event: TrailEvent, day: Day) -> bool:
    return not standing.fitting.isdisjoint(event.subjects) or any(
        _is_of(screen, before)
        for before in day.lately
        if before.session == event.session
        and before.occurred_at <= event.occurred_at
        and not set(before.subjects).isdisjoint(event.subjects)
        for screen in standing.screens
    )


def _is_of(screen: Screen, event: TrailEvent) -> bool:
    return event.event == screen.event and (not screen.listed or event.detail.get("list") == screen.listed)


def _words(
    wrong: Mapping[str, Mapping[Subject, TrailEvent]], known: Mapping[str, Standing], people: int, least: float
) -> str:
    codes = "、".join(f"{code} {known[code].title} {len(members)}人" for code, members in sorted(wrong.items()))
    away = [code for code in sorted(wrong) if not known[code].in_season]
    season = f"{'・'.join(away)}は、この時期、団体のだれについても仕事の記録がない。" if away else ""
    return (
        f"事務コードに合わない個人番号の表示が1日に{people}人分あった（目安 {least:g}人。{codes}）。"
        f"その人についてのその仕事の記録（30日以内）も、先に開いたその仕事の画面もない。{season}"
    )


RULE = DayRule(
    id="purpose_mismatch",
    number="27",
    title="目的に合わない番号の表示",
    needs=(
        "個人番号の表示の事務コード、その前に開いた画面、その人についての業務の記録"
        "（宛名の登録、突合、番号の訂正・重複、記録についての請求、番号の廃棄）"
    ),
    threshold="1日にしきい値以上の人について、選んだ事務コードの仕事の記録が30日以内になく、その仕事の画面も先に開いていないとき",
    control=(
        "その人についての仕事の記録か、同じ利用（セッション）でその人を示したその仕事の画面があれば数えない。"
        "監査・点検（V06）は仕事の記録がないため、期間を決めた例外を登録する。1日に1件"
    ),
    certainty="中（事務コードの選び間違い、窓口で受けてまだ入力していない仕事のこともある）。操作者に照会する",
    example=(
        "事務コードに合わない個人番号の表示が1日に3人分あった（目安 3人。V05 保管期限の過ぎた番号の廃棄の確認 3人）。"
        "その人についてのその仕事の記録（30日以内）も、先に開いたその仕事の画面もない。"
        "V05は、この時期、団体のだれについても仕事の記録がない。"
    ),
    standard=3,
    unit="人",
    evaluate=evaluate,
)
