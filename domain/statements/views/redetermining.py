"""年度途中の再判定: beginning one beside a decided 調書, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import may_at, page, require_permission
from accounts.models import User
from accounts.permissions import Permission
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event
from domain.households.extras import effects_from
from domain.households.models import Pupil
from domain.households.views.shared import user_of
from domain.statements import services
from domain.statements.effects import effects_from as decisions_touched
from domain.statements.forms import RedeterminationForm, WithdrawalForm
from domain.statements.models import Statement
from domain.statements.queries import scope
from domain.statements.redetermining import DECIDED, RedeterminationRefused
from domain.statements.states import AT_SCHOOL, MoveRefused
from domain.statements.views.shared import subjects

PREVIEW = "effects"
OPENERS = (Permission.EDIT_STATEMENT, Permission.PROPOSE_DECISION)
"""A school's clerk or an officer of the board may begin a 再判定."""


def may_open(user: User, statement: Statement) -> bool:
    return statement.state in DECIDED and any(may_at(user, permission, statement.school.code) for permission in OPENERS)


def may_withdraw(user: User, statement: Statement) -> bool:
    here = statement.is_redetermination and statement.state in AT_SCHOOL
    return here and any(may_at(user, permission, statement.school.code) for permission in OPENERS)


@page(Permission.VIEW_HOUSEHOLD)
@require_http_methods(["GET", "HEAD", "POST"])
def redetermine(request: HttpRequest, statement_id: int) -> HttpResponse:
    user = user_of(request)
    statement = _found(user, statement_id)
    form = RedeterminationForm(statement.fiscal_year, request.POST if request.method == "POST" else None)
    if request.method == "POST" and request.POST.get("act") == PREVIEW:
        return _preview(request, statement, form)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_redetermination(statement, user, **form.cleaned_data)
        except RedeterminationRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "再判定の調書を作りました。収入を入力して算定してください。")
            return redirect("statements:detail", made.pk)
    return _show(request, statement, form)


def _preview(request: HttpRequest, statement: Statement, form: RedeterminationForm) -> HttpResponse:
    """影響を見る: what was already paid or calculated from the day on, before anything is begun."""
    day = form.day()
    if day is None:
        return _show(request, statement, form)
    pupils = list(Pupil.objects.filter(member__household=statement.household_id).values_list("pk", flat=True))
    # The decisions themselves stand on the page; how to begin a 再判定 need not be said on the page that does it.
    said = set(decisions_touched(pupils, day))
    effects = [sentence for sentence in effects_from(pupils, day) if sentence not in said]
    kept = RedeterminationForm(statement.fiscal_year, initial={name: form[name].value() for name in form.fields})
    return _show(request, statement, kept, Effects(day, effects))


@dataclass(frozen=True, slots=True)
class Effects:
    """What was done with what held from the day on, in sentences."""

    day: date
    sentences: list[str]


def _show(
    request: HttpRequest, statement: Statement, form: RedeterminationForm, effects: Effects | None = None
) -> HttpResponse:
    allowed_by = Permission.VIEW_HOUSEHOLD.value
    detail = {"page": "redetermine"}
    record_access(Event.READ_STATEMENT_SHOWN, subjects=subjects([statement.pk]), detail=detail, allowed_by=allowed_by)
    decisions = list(
        statement.decisions_of_year.exclude(approved_by=None).select_related("computation").order_by("-effective_from")
    )
    context = {
        "statement": statement,
        "form": form,
        "decisions": decisions,
        "present": next(iter(decisions), None),
        "effects": effects,
        "preview": PREVIEW,
        "refused": statement.state not in DECIDED,
    }
    return render(request, "statements/redetermine.html", context, status=422 if form.errors else 200)


def _found(user: User, statement_id: int) -> Statement:
    """The year's 調書 of the household, also when one of its 再判定 was asked for. 404, or 403 for who may not begin one."""
    found = scope.find_statement(user, statement_id)
    root = found if found.revises_id is None else scope.find_statement(user, found.revises_id)
    if not any(may_at(user, permission, root.school.code) for permission in OPENERS):
        require_permission(user, Permission.EDIT_STATEMENT)
        scope.find_statement(user, root.pk, Permission.EDIT_STATEMENT)
    return root


@page(Permission.VIEW_HOUSEHOLD)
@require_POST
def withdraw(request: HttpRequest, statement_id: int) -> HttpResponse:
    """取り下げる."""
    user = user_of(request)
    statement = scope.find_statement(user, statement_id)
    if not any(may_at(user, permission, statement.school.code) for permission in OPENERS):
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
