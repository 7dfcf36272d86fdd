"""The list of 調書."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import searching
from accounts.access import may, page, visible_schools
from accounts.permissions import Permission
from audit.trail.entries import JSON
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event
from domain.households.forms import SearchForm
from domain.households.models import School
from domain.households.views.shared import user_of
from domain.rules import Reason
from domain.statements import bulk
from domain.statements.figures import FiguresNotChosen
from domain.statements.models import Statement
from domain.statements.presentation import figures, standing, states
from domain.statements.queries import listing, scope
from domain.statements.queries.jobs import shown_jobs
from domain.statements.views.shared import subjects
from web.components import Column
from web.tables import chosen_sort, with_parameter

PER_PAGE = 50
WORDS = "statements.words"
SEARCHED = "searched"
CATEGORIES = [("1", "Ⅰ"), ("2", "Ⅱ"), ("3", "Ⅲ"), ("none", "なし・未算定")]
STANDINGS = [("firm", "確定"), ("open", "未確認")]
WAITING = [("certificate", "証明書待ち"), ("match", "突合の要確認"), ("choice", "証明書と回答の選択")]
COLUMNS = (
    Column("世帯番号", "number"),
    Column("保護者等", "kana"),
    Column("取扱校", "school"),
    Column("状態", "state"),
    Column("収入額", "income", "円", number=True),
    Column("需要額", "", "円・年額", number=True),
    Column("比", "ratio", "倍", number=True),
    Column("支弁区分", "category"),
    Column("根拠", ""),
)


@page(Permission.VIEW_HOUSEHOLD)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The list. Words of a search are kept in the session; the address only says that there are some."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        request.session[WORDS] = form.cleaned_data["text"]
        searching.typed(request, request.session[WORDS])
        return redirect(_address(request, searched=bool(form.cleaned_data["text"])))
    words = str(request.session.get(WORDS, "")) if SEARCHED in request.GET else ""
    return _show(request, listing.Criteria.read(request.GET, words), form)


def _show(request: HttpRequest, criteria: listing.Criteria, form: SearchForm) -> HttpResponse:
    user = user_of(request)
    found = listing.list_statements(user, criteria)
    totals = listing.totals_of(found)
    sort = chosen_sort(request.GET, COLUMNS, "number")
    shown = Paginator(listing.as_values(listing.in_order(found, sort)), PER_PAGE).get_page(request.GET.get("page"))
    rows = [_row(row) for row in listing.rows_of(shown)]
    _note(criteria, [row["pk"] for row in rows], said=searching.said_of(request))
    schools = scope.schools_of(user)
    context = {
        "form": form if form.is_bound else SearchForm(initial={"text": criteria.words}),
        "without_words": with_parameter(request.GET, SEARCHED, ""),
        "page": shown,
        "rows": rows,
        "totals": totals,
        "criteria": criteria,
        "columns": COLUMNS,
        "sort": request.GET.get("sort", ""),
        "filters": _filters(criteria, schools),
        "jobs": shown_jobs(user, request.GET.get("job", "")),
        "may_compute": may(user, Permission.EDIT_STATEMENT),
        "may_forward": may(user, Permission.FORWARD_STATEMENT),
    }
    return render(request, "statements/list.html", context)


@page(Permission.EDIT_STATEMENT)
@require_POST
def compute_all(request: HttpRequest) -> HttpResponse:
    """算定 of everything that is still at the person's schools, as a job."""
    schools = visible_schools(user_of(request), Permission.EDIT_STATEMENT)
    try:
        job = bulk.start_computing(scope.working_year(), schools)
    except FiguresNotChosen as error:
        messages.error(request, str(error))
        return redirect("statements:list")
    return redirect(f"{reverse('statements:list')}?job={job.pk}")


def _filters(criteria: listing.Criteria, schools: Sequence[School]) -> list[tuple[str, str, Sequence[Any], str]]:
    """Name in the address, label, choices, and what is chosen."""
    of_schools = [(school.code, school.name) for school in schools] if len(schools) > 1 else []
    return [
        ("school", "学校", of_schools, criteria.school),
        ("state", "状態", [(listing.BEFORE, "算定前（入力中）"), *Statement.State.choices], criteria.state),
        ("category", "支弁区分", CATEGORIES, criteria.category),
        ("standing", "根拠", STANDINGS, criteria.standing),
        ("waiting", "待ち", WAITING, criteria.waiting),
    ]


def _address(request: HttpRequest, *, searched: bool) -> str:
    return reverse("statements:list") + with_parameter(request.GET, SEARCHED, "1" if searched else "")


def _note(criteria: listing.Criteria, ids: list[int], *, said: Mapping[str, bool]) -> None:
    """Before anything is shown: a search with the kinds of its criteria (never their values; whether words go in order), or a list."""
    event = Event.READ_SEARCH_SHOWN if criteria.words else Event.READ_LIST_SHOWN
    detail: dict[str, JSON] = {"list": "statements", "criteria": criteria.used, "count": len(ids)}
    record_access(event, subjects=subjects(ids), detail={**detail, **said}, allowed_by=Permission.VIEW_HOUSEHOLD.value)


def _row(row: listing.Row) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "again": row.revises is not None,
        "number": row.number,
        "guardian": row.guardian,
        "kana": row.kana,
        "school": row.school,
        "state": Statement.State(row.state),
        "tone": states.tone(row.state),
        "unfinished": row.state in states.UNFINISHED_AT_SCHOOL,
        "income": row.income,
        "need": figures.need_text(row.need_numerator, row.need_denominator),
        "ratio": figures.ratio_text(row.income, row.need_numerator, row.need_denominator),
        "category": row.category,
        "standing": "" if row.reason == Reason.MISSING else standing.word(row.standing),
    }
