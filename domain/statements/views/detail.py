"""One 調書: the household, the result, why, what is missing, and the act that comes next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import may, may_at, page
from accounts.models import User
from accounts.permissions import Permission
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import user_of
from domain.rules import RulesError
from domain.statements import services
from domain.statements.figures import FiguresNotChosen, figures_of
from domain.statements.forms import ReasonForm, WithdrawalForm
from domain.statements.models import Statement
from domain.statements.presentation.sheets import shown_sheet
from domain.statements.queries import scope
from domain.statements.queries.detail import sheet_of
from domain.statements.states import AT_SCHOOL, MoveRefused
from domain.statements.views import redetermining, samples
from domain.statements.views.shared import place, subjects

RETURNABLE = (Statement.State.FORWARDED, Statement.State.PROPOSED)


@page(Permission.VIEW_HOUSEHOLD)
@require_safe
def detail(request: HttpRequest, statement_id: int) -> HttpResponse:
    statement = scope.find_statement(user_of(request), statement_id)
    return _show(request, statement, ReasonForm())


def _show(request: HttpRequest, statement: Statement, form: ReasonForm, status: int = 200) -> HttpResponse:
    user = user_of(request)
    allowed_by = Permission.VIEW_HOUSEHOLD.value
    record_access(Event.READ_STATEMENT_SHOWN, subjects=subjects([statement.pk]), allowed_by=allowed_by)
    samples.note_opened(request, statement.pk)
    sheet = sheet_of(statement)
    context = {"form": form, **shown_sheet(sheet), **_acts(user, statement)}
    if sheet.is_decided and may_at(user, Permission.DOWNLOAD_FILE, statement.school.code):
        context["calculation_url"] = place("reports:calculation", statement.pk)
    return render(request, "statements/detail.html", context, status=status)


def _acts(user: User, statement: Statement) -> dict[str, Any]:
    """What this person may do with this 調書 now."""
    at_school = statement.state in AT_SCHOOL
    return {
        "may_edit": at_school and may_at(user, Permission.EDIT_STATEMENT, statement.school.code),
        "may_return": statement.state in RETURNABLE
        and may_at(user, Permission.REVIEW_STATEMENT, statement.school.code),
        "may_redetermine": redetermining.may_open(user, statement),
        "may_forward": statement.state == Statement.State.COMPUTED
        and may_at(user, Permission.FORWARD_STATEMENT, statement.school.code),
        "may_withdraw": redetermining.may_withdraw(user, statement),
        "withdrawal": WithdrawalForm(),
        "may_compare": may(user, Permission.REVIEW_MATCH),
        "compare_url": place("linkage:reviews", query=f"household={statement.household_id}"),
        "household_url": place("households:detail", statement.household_id),
    }


@page(Permission.EDIT_STATEMENT)
@require_POST
def compute(request: HttpRequest, statement_id: int) -> HttpResponse:
    """もう一度算定する."""
    statement = scope.find_statement(user_of(request), statement_id, Permission.EDIT_STATEMENT)
    compute_now(request, statement)
    return redirect("statements:detail", statement.pk)


def compute_now(request: HttpRequest, statement: Statement) -> None:
    """Compute one 調書 and tell what came out."""
    try:
        kept = services.compute([statement], figures_of(statement.fiscal_year).load())
    except (FiguresNotChosen, RulesError) as error:
        messages.error(request, f"算定できません。{error}")
        return
    statement.refresh_from_db()
    if statement.state not in AT_SCHOOL:
        messages.error(request, str(MoveRefused(statement, Statement.State.COMPUTED)))
    elif statement.state == Statement.State.CHECKING:
        messages.warning(request, "算定しましたが、足りない値があります。「足りないもの」を見てください。")
    else:
        messages.success(request, "算定しました。" if kept else "算定しました。前回と同じ結果です。")


@page(Permission.REVIEW_STATEMENT)
@require_POST
def send_back(request: HttpRequest, statement_id: int) -> HttpResponse:
    """差し戻す."""
    user = user_of(request)
    statement = scope.find_statement(user, statement_id, Permission.REVIEW_STATEMENT)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, statement, form, status=422)
    try:
        services.send_back(statement, form.cleaned_data["reason"], user)
    except MoveRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"世帯 {statement.household.number} の調書を差し戻しました。")
    return redirect("statements:detail", statement.pk)
