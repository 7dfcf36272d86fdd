"""年度途中の再判定: beginning one beside a decided 調書, and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import may, page, require_permission, visible_schools
from accounts.models import User
from accounts.permissions import Permission
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event
from domain.households.extras import effects_from
from domain.households.models import Pupil
from domain.households.views.shared import user_of
from domain.statements import services
from domain.statements.forms import RedeterminationForm, WithdrawalForm
from domain.statements.intake import year_starts_on
from domain.statements.models import Statement
from domain.statements.queries import scope
from domain.statements.redetermining import DECIDED, RedeterminationRefused
from domain.statements.states import AT_SCHOOL, MoveRefused
from domain.statements.views.shared import subjects

OPENERS = (Permission.EDIT_STATEMENT, Permission.PROPOSE_DECISION)
"""A school's clerk or an officer of the board may begin a 再判定."""


def may_open(user: User, statement: Statement) -> bool:
    return statement.state in DECIDED and any(_may_at(user, permission, statement) for permission in OPENERS)


def may_withdraw(user: User, statement: Statement) -> bool:
    here = statement.is_redetermination and statement.state in AT_SCHOOL
    return here and any(_may_at(user, permission, statement) for permission in OPENERS)


def _may_at(user: User, permission: Permission, statement: Statement) -> bool:
    schools = visible_schools(user, permission)
    return may(user, permission) and (schools is None or statement.school.code in schools)


@page(Permission.VIEW_HOUSEHOLD)
@require_http_methods(["GET", "HEAD", "POST"])
def redetermine(request: HttpRequest, statement_id: int) -> HttpResponse:
    user = user_of(request)
    statement = _found(user, statement_id)
    form = RedeterminationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_redetermination(statement, user, **form.cleaned_data)
        except RedeterminationRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "再判定の調書を作りました。収入を入力して算定してください。")
            return redirect("statements:detail", made.pk)
    return _show(request, statement, form)


def _show(request: HttpRequest, statement: Statement, form: RedeterminationForm) -> HttpResponse:
    allowed_by = Permission.VIEW_HOUSEHOLD.value
    detail = {"page": "redetermine"}
    record_access(Event.READ_STATEMENT_SHOWN, subjects=subjects([statement.pk]), detail=detail, allowed_by=allowed_by)
    decisions = list(
        statement.decisions_of_year.exclude(approved_by=None).select_related("computation").order_by("-effective_from")
    )
    pupils = Pupil.objects.filter(member__household=statement.household_id).values_list("pk", flat=True)
    context = {
        "statement": statement,
        "form": form,
        "decisions": decisions,
        "present": next(iter(decisions), None),
        "effects": effects_from(list(pupils), year_starts_on(statement.fiscal_year)),
        "refused": statement.state not in DECIDED,
    }
    return render(request, "statements/redetermine.html", context, status=422 if form.errors else 200)


def _found(user: User, statement_id: int) -> Statement:
    """The year's 調書 of the household, also when one of its 再判定 was asked for. 404, or 403 for who may not begin one."""
    found = scope.find_statement(user, statement_id)
    root = found if found.revises_id is None else scope.find_statement(user, found.revises_id)
    if not any(_may_at(user, permission, root) for permission in OPENERS):
        require_permission(user, Permission.EDIT_STATEMENT)
        scope.find_statement(user, root.pk, Permission.EDIT_STATEMENT)
    return root


@page(Permission.VIEW_HOUSEHOLD)
@require_POST
def withdraw(request: HttpRequest, statement_id: int) -> HttpResponse:
    """取り下げる."""
    user = user_of(request)
    statement = scope.find_statement(user, statement_id)
    if not any(_may_at(user, permission, statement) for permission in OPENERS):
        require_permission(user, Permission.EDIT_STATEMENT)
        scope.find_statement(user, statement.pk, Permission.EDIT_STATEMENT)
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["reason"][0]))
        return redirect("statements:detail", statement.pk)
    try:
        services.withdraw(statement, form.cleaned_data["reason"], user)
    except (MoveRefused, RedeterminationRefused) as error:
        messages.error(request, str(error))
        return redirect("statements:detail", statement.pk)
    messages.success(request, "再判定を取り下げました。前の決定が続きます。")
    return redirect("statements:detail", statement.root_id)
