"""使用経費: the list, and one receipt entered, corrected or taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import searching
from accounts.access import may, page, require_school
from accounts.models import User
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.models import Pupil
from domain.households.queries import find_pupil
from domain.households.views.shared import user_of
from domain.payments import services
from domain.payments.errors import ExpenseRefused
from domain.payments.expenses.checking import facts_of
from domain.payments.expenses.late import FIELD as LATE
from domain.payments.expenses.late import SCHOOL, by_board
from domain.payments.expenses.plausible import Amounts
from domain.payments.forms import ExpenseForm, ExpenseSearchForm, LateReasonForm, NewExpenseForm, PupilSearchForm
from domain.payments.items import items_of
from domain.payments.models import Expense
from domain.payments.queries import expenses as queries
from domain.payments.queries.expenses import Criteria
from domain.payments.queries.scope import find_expense
from domain.payments.states import SETTLED
from domain.payments.views.shared import chips, may_be_late, school_chips, show_refusal, working_year
from web.components import Column
from web.tables import chosen_sort, with_parameter

PER_PAGE = 100
MOST_FOUND = 20
WORDS = "payments.words"
SEARCHED = "searched"
COLUMNS = (
    Column("証憑番号", sort="evidence"),
    Column("児童生徒", sort="pupil__kana"),
    Column("学校", sort="school__code"),
    Column("経費項目", sort="item"),
    Column("使用日", sort="used_on"),
    Column("金額", sort="amount", unit="円", number=True),
    Column("支給回"),
)


@page(Permission.VIEW_HOUSEHOLD)
@require_http_methods(["GET", "HEAD", "POST"])
def expenses(request: HttpRequest) -> HttpResponse:
    """The receipts of the year at the person's schools. Words of a search are kept in the session."""
    form = ExpenseSearchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        request.session[WORDS] = form.cleaned_data["text"].strip()
        searching.typed(request, request.session[WORDS])
        searched = "1" if request.session[WORDS] else ""
        return redirect(reverse("payments:expenses") + with_parameter(request.GET, SEARCHED, searched))
    user, year, criteria = user_of(request), working_year(), _criteria(request)
    if not form.is_bound:
        form = ExpenseSearchForm(initial={"text": criteria.text})
    wanted = queries.list_expenses(user, year, criteria)
    sort = chosen_sort(request.GET, COLUMNS, "school__code")
    found = Paginator(wanted.order_by(sort, "pupil__student_number", "used_on", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    record_access(
        Event.READ_SEARCH_SHOWN if criteria.text else Event.READ_EXPENSE_SHOWN,
        subjects=[Subject("pupil", str(pk)) for pk in sorted({expense.pupil_id for expense in found})],
        detail={"found": found.paginator.count, **searching.said_of(request)},
        allowed_by=Permission.VIEW_HOUSEHOLD.value,
    )
    rounds = queries.round_titles(year)
    items = items_of(year)
    titles = {code: item.title for code, item in items.known.items()}
    context = {
        "page": found,
        "rows": [(row, items.title(row.item), queries.round_of(row, rounds)) for row in found],
        "columns": COLUMNS,
        "total": queries.total_of(wanted),
        "form": form,
        "year": year,
        "may_enter": may(user, Permission.ENTER_EXPENSE),
        "only_pupil": criteria.pupil,
        "schools": school_chips(request, user, Permission.VIEW_HOUSEHOLD, criteria.school),
        "items": chips(request, "item", {"": "すべての経費項目", **titles}, criteria.item),
    }
    return render(request, "payments/expenses.html", context)


@page(Permission.ENTER_EXPENSE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter one receipt; after that the next one of the same pupil. Whose it is is searched for, or named by ?pupil=."""
    user, year = user_of(request), working_year()
    asked = request.method == "POST" and "text" in request.POST
    search = PupilSearchForm(request.POST if asked else None)
    posted = request.POST if request.method == "POST" and not asked else None
    form = NewExpenseForm(user, year, posted, initial=_known(request, user), may_be_late=may_be_late(user))
    valid = posted is not None and form.is_valid()
    if form.pupil is not None:
        _record_pupil(form.pupil)
    if valid and form.pupil is not None:
        require_school(user, form.cleaned_data["school"].code, Permission.ENTER_EXPENSE)
        try:
            entered = services.enter_expense(form.pupil, year, form.facts(), right=form.right())
        except ExpenseRefused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request,
                f"{form.pupil.name}さんの証憑番号 {entered.evidence} を登録しました。{queries.follows_late(entered)}",
            )
            _warn(request, Amounts(items_of(year), entered.pk).note(form.facts()))
            return redirect(f"{reverse('payments:expense_new')}?pupil={form.pupil.pk}")
    found = _found(request, user, search) if asked and search.is_valid() else None
    context = {"form": form, "year": year, "search": search, "found": found, "most": MOST_FOUND}
    return render(request, "payments/expense_new.html", context)


def _known(request: HttpRequest, user: User) -> dict[str, Any]:
    """School and 学籍番号 of ?pupil=, which names a record and nobody, and ?item=. Raises Http404 beyond the person's schools."""
    pupil_id = request.GET.get("pupil", "")
    kept = {"item": request.GET["item"][:40]} if "item" in request.GET else {}
    if not (pupil_id.isascii() and pupil_id.isdigit() and len(pupil_id) < 18):
        return kept
    pupil = find_pupil(user, int(pupil_id), Permission.ENTER_EXPENSE)
    _record_pupil(pupil)
    return kept | {"school": pupil.school_id, "student_number": pupil.student_number, "pupil": pupil}


def _found(request: HttpRequest, user: User, search: PupilSearchForm) -> list[Pupil]:
    """One more than are shown tells that there are more. The search is in the trail before anybody is shown."""
    words = search.cleaned_data["text"].strip()
    searching.typed(request, words)
    found = list(queries.find_pupils(user, words)[: MOST_FOUND + 1])
    record_access(
        Event.READ_SEARCH_SHOWN,
        subjects=[Subject("pupil", str(pupil.pk)) for pupil in found[:MOST_FOUND]],
        detail={"found": len(found), **searching.said_of(request)},
        allowed_by=Permission.ENTER_EXPENSE.value,
    )
    return found


@page(Permission.ENTER_EXPENSE)
@require_POST
def pupil_name(request: HttpRequest) -> HttpResponse:
    """Whose the typed 学籍番号 is, for the form above while it is filled; posted, so that it stands in no address."""
    form = NewExpenseForm(user_of(request), working_year(), request.POST)
    form.is_valid()
    if form.pupil is not None:
        _record_pupil(form.pupil)
    return render(request, "payments/expense_pupil.html", {"form": form, "asked": form.typed_number()})


@page(Permission.ENTER_EXPENSE)
@require_http_methods(["GET", "HEAD", "POST"])
def expense(request: HttpRequest, expense_id: int) -> HttpResponse:
    """One receipt, to be corrected as long as its round is open."""
    found = find_expense(user_of(request), expense_id)
    round_ = queries.round_of(found, queries.round_titles(found.fiscal_year))
    closed = round_ is not None and round_.state in SETTLED
    late = may_be_late(user_of(request))
    if request.method == "POST":
        with transaction.atomic():  # held from comparing with what was shown to writing
            found = services.held_expense(found.pk)
            form = ExpenseForm(found.fiscal_year, request.POST, expense=found, may_be_late=late, is_closed=closed)
            if _is_changed(request, found, form):
                return redirect("payments:expense", found.pk)
    else:
        form = ExpenseForm(found.fiscal_year, expense=found, may_be_late=late, is_closed=closed)
    _record(found)
    items = items_of(found.fiscal_year)
    context: dict[str, Any] = {
        "expense": found,
        "form": form,
        "round": round_,
        "closed": closed,
        "may_edit": late or not closed,
        "late": queries.late_changes(Q(expense=found), items),
        "title": items.title(found.item),
        "unusual": Amounts(items, found.pk).note(facts_of(found)),
    }
    return render(request, "payments/expense.html", context)


def _is_changed(request: HttpRequest, found: Expense, form: ExpenseForm) -> bool:
    if not form.is_valid():
        return False
    try:
        changed = services.change_expense(found.pk, form.facts(), right=form.right())
    except ExpenseRefused as refusal:
        show_refusal(form, refusal)
        return False
    messages.success(request, f"証憑番号 {changed.evidence} を保存しました。{queries.follows_late(changed, found)}")
    return True


@page(Permission.ENTER_EXPENSE)
@require_POST
def remove(request: HttpRequest, expense_id: int) -> HttpResponse:
    """Take one receipt back."""
    found = find_expense(user_of(request), expense_id)
    form = LateReasonForm(request.POST)
    late = may_be_late(user_of(request))
    if not form.is_valid():
        messages.error(request, str(form.errors[LATE][0]))
        return redirect("payments:expense", found.pk)
    try:
        services.remove_expense(found.pk, right=by_board(form.cleaned_data[LATE]) if late else SCHOOL)
    except ExpenseRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("payments:expense", found.pk)
    messages.success(request, f"証憑番号 {found.evidence} の経費を取り消しました。{queries.follows_late(found)}")
    return redirect("payments:expenses")


def _warn(request: HttpRequest, note: str) -> None:
    if note:
        messages.warning(request, f"参考: {note}")


def _record(found: Expense) -> None:
    record_access(
        Event.READ_EXPENSE_SHOWN,
        subjects=[Subject("expense", str(found.pk)), Subject("pupil", str(found.pupil_id))],
        allowed_by=Permission.ENTER_EXPENSE.value,
    )


def _record_pupil(pupil: Pupil) -> None:
    subjects = [Subject("pupil", str(pupil.pk))]
    record_access(Event.READ_PUPIL_SHOWN, subjects=subjects, allowed_by=Permission.ENTER_EXPENSE.value)


def _criteria(request: HttpRequest) -> Criteria:
    pupil = request.GET.get("pupil", "")
    return Criteria(
        school=request.GET.get("school", "")[:20],
        item=request.GET.get("item", "")[:40],
        text=str(request.session.get(WORDS, "")) if SEARCHED in request.GET else "",
        pupil=int(pupil) if pupil.isascii() and pupil.isdigit() and len(pupil) < 18 else None,
    )
