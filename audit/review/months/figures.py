"""What a month's records come to: sections of counts, gathered alike for the page and for what is signed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from audit.detection.models import AccessDay, SignalSeen
from audit.detection.queries import unevaluated_between
from audit.detection.registry import title_of
from audit.review.models import Alert, Incident, Reminder
from audit.review.month_strip import following_month
from audit.review.months.loosened import loosened
from audit.review.months.section import Section
from audit.review.people import names_of
from audit.review.queries import alerts_of_month
from audit.trail.counting import counts_between, people_between
from audit.trail.labels import GROUPS
from audit.trail.vocabulary import Event, label
from web.moments import start_of

MOST_PEOPLE = 20
REVEALS: Final = (Event.NUMBER_INDIVIDUAL_REVEALED, Event.NUMBER_UNIFIED_REVEALED)


Gather = Callable[[date], Section]


def sections_of(month: date) -> list[Section]:
    """All sections of the month that begins on `month`. Raises TrailUnavailable."""
    return [gather(month) for gather in _GATHERERS]


def _trail(month: date) -> Section:
    """Events by group (利用, 閲覧, 番号 …)."""
    found: Counter[str] = Counter()
    for event, number in counts_between(start_of(month), start_of(following_month(month))).items():
        found[event.split(":")[0]] += number
    return Section("操作の記録", tuple((title, found[group], "件") for group, title in GROUPS.items() if found[group]))


def _refusals(month: date) -> Section:
    counts = counts_between(start_of(month), start_of(following_month(month)))
    refused = [event for event in Event if event.value.startswith("access:")]
    return Section("拒否された操作", tuple((label(event), counts.get(event.value, 0), "件") for event in refused))


def _reveals(month: date) -> Section:
    found = people_between(start_of(month), start_of(following_month(month)), REVEALS)
    rows = [(name, number, "件") for name, number in found[:MOST_PEOPLE]]
    if rest := found[MOST_PEOPLE:]:
        rows.append((f"ほか{len(rest)}人", sum(number for _, number in rest), "件"))
    return Section("個人番号を表示した人", tuple(rows))


def _alerts(month: date) -> Section:
    """Alerts of the month by rule, each with its verdicts."""
    alerts = list(alerts_of_month(month))
    return Section("警報", tuple(_alert_rows(alerts)))


def _alert_rows(alerts: list[Alert]) -> Iterator[tuple[str, int, str]]:
    by_rule: Counter[tuple[str, str]] = Counter(
        (title_of(alert.rule), str(alert.get_verdict_display()) if alert.verdict else "判定前") for alert in alerts
    )
    for (rule, verdict), number in sorted(by_rule.items()):
        yield f"{rule}（{verdict}）", number, "件"


def _loop(month: date) -> Section:
    """What is left over and what was late."""
    alerts = list(alerts_of_month(month))
    late = Reminder.objects.filter(alert__in=alerts, kind=Reminder.Kind.ESCALATED).values("alert").distinct().count()
    unjudged = unevaluated_between(start_of(month), start_of(following_month(month)))
    incidents = Incident.objects.filter(known_on__gte=month, known_on__lt=following_month(month))
    return Section(
        "確認の流れ",
        (
            ("完了していない警報", sum(alert.state != Alert.State.CLOSED for alert in alerts), "件"),
            ("期限を過ぎたことのある警報", late, "件"),
            ("判定できなかった操作", len(unjudged), "件"),
            ("漏えい等事案", incidents.count(), "件"),
        ),
    )


def _explained(month: date) -> Section:
    """Households that were looked at, each once a person and day, and those with a look for which our own data know no reason, by
    person (at most MOST_PEOPLE)."""
    days = AccessDay.objects.filter(day__gte=month, day__lt=following_month(month))
    sums = days.aggregate(accesses=Coalesce(Sum("accesses"), 0), explained=Coalesce(Sum("explained"), 0))
    rows = [
        ("閲覧された世帯（延べ）", sums["accesses"], "世帯"),
        ("理由の分かった閲覧（延べ）", sums["explained"], "世帯"),
    ]
    left = days.values("username").annotate(left=Sum(F("accesses") - F("explained"))).filter(left__gt=0)
    people = list(left.order_by("-left", "username")[:MOST_PEOPLE])
    names = names_of(row["username"] for row in people)
    rows += [(f"理由の分からない閲覧（{names[row['username']]}）", row["left"], "世帯") for row in people]
    return Section("閲覧の理由", (*rows, *_related(month)))


def _related(month: date) -> Iterator[tuple[str, int, str]]:
    """Looks at records of relatives and colleagues for which there was a reason: no alert, and still looked at each month."""
    days = AccessDay.objects.filter(day__gte=month, day__lt=following_month(month))
    people = list(
        days.values("username").annotate(seen=Sum("related")).filter(seen__gt=0).order_by("-seen", "username")
    )
    names = names_of(row["username"] for row in people[:MOST_PEOPLE])
    for row in people[:MOST_PEOPLE]:
        yield f"理由のある、親族・同僚とみられる記録の閲覧（{names[row['username']]}）", row["seen"], "世帯"
    if rest := people[MOST_PEOPLE:]:
        yield (
            f"理由のある、親族・同僚とみられる記録の閲覧（ほか{len(rest)}人）",
            sum(row["seen"] for row in rest),
            "世帯",
        )


def _signals(month: date) -> Section:
    """What the watch saw and did not raise: signals that are only reported, and those a dated exception kept back."""
    kept = SignalSeen.objects.exclude(outcome=SignalSeen.Outcome.ALERT)
    seen = kept.filter(occurred_at__gte=start_of(month), occurred_at__lt=start_of(following_month(month)))
    found = seen.values_list("rule", "outcome").annotate(number=Count("pk")).order_by("rule", "outcome")
    rows = [
        (f"{title_of(rule)}（{SignalSeen.Outcome(outcome).label}）", number, "件") for rule, outcome, number in found
    ]
    return Section("警報にしなかった信号", tuple(rows))


_GATHERERS: Final[tuple[Gather, ...]] = (_trail, _refusals, _reveals, _explained, _alerts, _signals, loosened, _loop)
