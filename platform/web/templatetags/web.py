"""`{% load web %}`: filters and tags of the design system. The work is done in plain modules beside this package."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web import charts, formatting, progress, tables
from web.components import Bar, Cell, Column, Pair, Place, YearStep
from web.dates import fiscal_year_label, fiscal_year_of, to_wareki, to_wareki_short
from web.form_errors import entries, summary, to_mend
from web.states import SHAPES, Tone, tone_of
from web.text import km_text

HOME = "/"
DIGEST_SHOWN = 16
"""Of 64 hexadecimal digits: enough for two people to compare by telephone."""
_OWN_PATH = re.compile(r"/(?:[a-z0-9_-]+/)+", re.ASCII)
register = template.Library()


@register.filter
def yen(amount: int | None) -> str:
    """1,200 (円 stands in the column head); – where there is none."""
    return formatting.format_yen(amount)


@register.filter
def signed_yen(difference: int | None) -> str:
    """＋1,200 / －1,200 / 0."""
    return formatting.format_signed_yen(difference)


@register.filter
def km(metres: int) -> str:
    """12300 → 12.3 (km stands beside it)."""
    return km_text(metres)


@register.filter
def category(value: object) -> str:
    """支弁区分: Ⅰ, Ⅱ, Ⅲ."""
    return formatting.format_category(value)


@register.filter
def postal_code(code: str) -> str:
    """〒630-8501."""
    return formatting.format_postal_code(code)


@register.filter
def grade(code: str) -> str:
    """級地区分: 1級地-2."""
    return formatting.format_grade(code)


@register.filter
def winter_zone(zone: int | None) -> str:
    """地区区分: Ⅵ区."""
    return formatting.format_winter_zone(zone)


@register.filter
def count_unit(name: str) -> str:
    """The unit of a job's counter."""
    return formatting.count_unit(name)


@register.filter
def wareki(day: date | datetime | None) -> str:
    """令和8年4月1日 with the ISO date as tooltip; – where there is none."""
    return _time(day, to_wareki)


@register.filter
def wareki_short(day: date | datetime | None) -> str:
    """R8.4.1 with the ISO date as tooltip."""
    return _time(day, to_wareki_short)


@register.filter
def wareki_moment(moment: datetime | None) -> str:
    """令和8年4月1日 9時05分."""
    if not moment:
        return formatting.NOTHING
    stamp = moment.isoformat(timespec="minutes")
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, stamp, formatting.format_moment(moment))


@register.filter(name="until")
def until_words(end: datetime | None) -> str:
    """令和8年12月31日まで: the last day within, where a period ends with the midnight after it."""
    return formatting.format_until(end) if end else formatting.NOTHING


@register.filter(name="fiscal_year_label")
def fiscal_year_name(fiscal_year: int | None) -> str:
    """2026 → 令和8年度."""
    return fiscal_year_label(int(fiscal_year)) if fiscal_year else ""


@register.filter(name="digest")
def short_digest(digest: str | None) -> str:
    """The beginning of a SHA-256 (指紋), which people compare; all of it unfolds. Not within a `<p>`."""
    whole = (digest or "").removeprefix("sha256:")
    if not whole:
        return formatting.NOTHING
    head = f"{whole[:DIGEST_SHOWN]}…" if len(whole) > DIGEST_SHOWN else whole
    words = (
        '<details class="digest"><summary><code>{}</code><span class="visually-hidden">（全体を表示）</span></summary>'
    )
    return format_html(words + "<code>{}</code></details>", head, whole)


@register.filter
def state_mark(state: object, tone: str = "") -> SafeString:
    """● 決定: word, shape and colour. Takes a word or a Choices member; the tone may be forced ("done", …)."""
    word = str(getattr(state, "label", state))
    chosen = Tone(tone) if tone else tone_of(word)
    return format_html(
        '<span class="state state-{}"><span class="state-shape" aria-hidden="true">{}</span>{}</span>',
        chosen,
        SHAPES[chosen],
        word,
    )


@register.simple_tag
def year_relation(fiscal_year: int | None) -> str:
    """ "past" or "future" when the shown year is not the running one, else ""."""
    current = fiscal_year_of(timezone.localdate())
    if not fiscal_year or int(fiscal_year) == current:
        return ""
    return "past" if int(fiscal_year) < current else "future"


@register.inclusion_tag("web/components/places.html", takes_context=True)
def places(context: Context, nav: Sequence[Place] | None) -> dict[str, Any]:
    """The left column; the place whose URL starts the current path is marked (the longest wins).

    ホーム is marked on its own page alone. Elsewhere the first place of the same room stands in: 漏えい等事案 are under 警報. A page of
    one's own (私への照会) is under none: it says so (`stands_apart`).
    """
    path = getattr(context.get("request"), "path", "")
    rooms = [place.url for place in nav or () if place.url != HOME or path == HOME]
    within = [url for url in rooms if path.startswith(url)]
    beside = [url for url in rooms if path != HOME and url.split("/")[1] == path.split("/")[1]]
    stand_in = "" if context.get("stands_apart") else next(iter(beside), "")
    return {"nav": nav or (), "current": max(within, key=len, default=stand_in)}


@register.inclusion_tag("web/components/field.html")
def field(bound: BoundField, example: str = "", unit: str = "", source: str = "") -> dict[str, Any]:
    """A form field with label, help, example, error, unit. `source`: the value the papers say, in grey beside it."""
    identity = bound.id_for_label or bound.auto_id or bound.html_name
    notes = [f"{identity}_{part}" for part, there in _notes(bound, example) if there]
    attributes: dict[str, Any] = {"class": _control_class(bound)}
    if notes:
        attributes["aria-describedby"] = " ".join(notes)
    if example:
        attributes["placeholder"] = False  # another example within the field would say another thing
    return {
        "field": bound,
        "widget": bound.as_widget(attrs=attributes),
        "id": identity,
        "example": example,
        "unit": unit,
        "source": source,
        "says_need": _says_need(bound),
    }


def _says_need(bound: BoundField) -> bool:
    """Nobody has to search, and a single box may always stay empty unless it is asked for."""
    kind = getattr(bound.field.widget, "input_type", "")
    return kind != "search" and (kind != "checkbox" or bound.use_fieldset or bound.field.required)


@register.inclusion_tag("web/components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """All errors of the forms on top of the page, each a link to its field. Nothing when there are none."""
    errors = [error for form in forms for error in summary(form)]
    return {
        "errors": errors,
        "to_mend": to_mend(errors),
        "entries": entries([form for form in forms if form.errors]),
    }


@register.inclusion_tag("web/components/progress.html", takes_context=True, name="progress")
def progress_bar(context: Context, job: Any, poll_url: str = "", cancel_url: str = "") -> dict[str, Any]:
    """Bar, count, rate and remaining time of a job. Polls itself with htmx while live; without JS a link reloads."""
    request = context.get("request")
    here = request.get_full_path() if isinstance(request, HttpRequest) else ""
    return {
        "job": job,
        "progress": progress.describe(job),
        "url": poll_url or here,
        "cancel_url": cancel_url,
        "after": _after(request),
        "polled": isinstance(request, HttpRequest) and request.headers.get("HX-Request") == "true",
        "csrf_token": context.get("csrf_token"),
    }


def _after(request: object) -> str:
    """The page that asked for the job and lists what it makes: `after` of a bar's address, a path of ours or nothing."""
    after = request.GET.get("after", "") if isinstance(request, HttpRequest) else ""
    return after if _OWN_PATH.fullmatch(after) else ""


@register.inclusion_tag("web/components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:
    """前へ / 1 2 … / 次へ with every other parameter of the URL kept."""
    parameters = _parameters(context)
    return {
        "page": page,
        "links": list(tables.page_links(page, parameters)),
        "previous": _page_url(parameters, page.previous_page_number()) if page.has_previous() else "",
        "next": _page_url(parameters, page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("web/components/table_head.html", takes_context=True)
def table_head(context: Context, columns: Sequence[Column] | None = None) -> dict[str, Any]:
    """`<thead>` with sort links; takes `columns` from the context when not given."""
    return {"heads": tables.heads(columns or context.get("columns") or (), _parameters(context))}


@register.inclusion_tag("web/components/year_strip.html")
def year_strip(steps: Sequence[YearStep]) -> dict[str, Any]:
    """The state of the year: 名簿 ●──調書受付 ◐ 142/160──…"""
    return {"steps": [(step, SHAPES[step.tone]) for step in steps]}


@register.inclusion_tag("web/components/bar_chart.html")
def bar_chart(title: str, bars: Sequence[Bar], unit: str = "") -> dict[str, Any]:
    """A bar chart as SVG, with the same figures as a table behind 表で見る."""
    drawn = charts.draw(bars)
    return {
        "title": title,
        "bars": drawn,
        "unit": unit,
        "label_width": charts.LABEL_WIDTH,
        "width": charts.LABEL_WIDTH + charts.BAR_WIDTH + charts.VALUE_WIDTH,
        "height": max(1, len(drawn)) * charts.ROW_HEIGHT,
    }


@register.inclusion_tag("web/components/pair_chart.html")
def pair_chart(title: str, pairs: Sequence[Pair], unit: str = "") -> dict[str, Any]:
    """Figures before and after as SVG, with the same figures and their differences as a table behind 表で見る."""
    drawn = charts.draw_pairs(pairs)
    return {
        "title": title,
        "pairs": drawn,
        "unit": unit,
        "label_width": charts.PAIR_LABEL_WIDTH,
        "width": charts.PAIR_LABEL_WIDTH + charts.PAIR_BAR_WIDTH + charts.VALUE_WIDTH,
        "height": max(1, len(drawn)) * charts.PAIR_HEIGHT,
    }


@register.inclusion_tag("web/components/matrix_chart.html")
def matrix_chart(title: str, places: Sequence[str], cells: Sequence[Cell], unit: str = "") -> dict[str, Any]:
    """A movement matrix (rows before, columns after) as SVG, with the same figures as a table behind 表で見る."""
    drawn = charts.draw_matrix(places, cells)
    heads = [
        (place, charts.LABEL_WIDTH + charts.CELL_WIDTH * n + charts.CELL_WIDTH // 2) for n, place in enumerate(places)
    ]
    by_row = {place: [each for each in drawn if each.cell.before == place] for place in places}
    rows = [
        (place, charts.CELL_HEIGHT * (n + 1) + 25, sorted(by_row[place], key=lambda each: each.x))
        for n, place in enumerate(places)
    ]
    return {
        "title": title,
        "unit": unit,
        "heads": heads,
        "rows": rows,
        "cell_width": charts.CELL_WIDTH - 4,
        "cell_height": charts.CELL_HEIGHT - 4,
        "label_x": charts.LABEL_WIDTH - 10,
        "width": charts.LABEL_WIDTH + charts.CELL_WIDTH * len(places),
        "height": charts.CELL_HEIGHT * (len(places) + 1),
    }


def _time(day: date | datetime | None, write: Any) -> str:
    if not day:
        return formatting.NOTHING
    local = formatting.local_day(day)
    return format_html('<time datetime="{0}" title="{0}">{1}</time>', local.isoformat(), write(local))


def _notes(bound: BoundField, example: str) -> list[tuple[str, bool]]:
    return [("error", bool(bound.errors)), ("help", bool(bound.help_text)), ("example", bool(example))]


def _control_class(bound: BoundField) -> str:
    given = bound.field.widget.attrs.get("class", "")
    return f"{given} control control-wrong".strip() if bound.errors else f"{given} control".strip()


def _parameters(context: Context) -> QueryDict:
    request = context.get("request")
    return request.GET if isinstance(request, HttpRequest) else QueryDict()


def _page_url(parameters: QueryDict, number: int) -> str:
    return tables.with_parameter(parameters, tables.PAGE, str(number))
