"""The manager's pages: who may use the system, in which role. Every act asks for a fresh one-time password.

On a prefecture's host only: people of the console are made by `manage.py console_user`, as the owner.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from accounts import queries, schools, services
from accounts.access import page, person_of, require_step_up
from accounts.errors import AccountError, NeedsSecondPerson
from accounts.forms import ChangeUserForm, JapaneseDateField, PeopleSearchForm, RoleForm, UserForm
from accounts.models import AccountRequest, RoleAssignment, User
from accounts.permissions import Permission
from accounts.roles import needs_two_people, roles_of_scope
from accounts.second_person import is_alone, is_founding
from accounts.services import requests, roles
from accounts.views.shared import WAITS, note_list, show, visit_of
from audit.trail.recorder import Subject
from web.dates import to_wareki
from web.tables import with_parameter

PER_PAGE = 50
WORDS = "people.words"
SEARCHED = "searched"


@page(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """The list. Words of a search are kept in the session; the address only says that there are some."""
    form = PeopleSearchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        request.session[WORDS] = form.cleaned_data["text"]
        return redirect(_list_address(form))
    words = str(request.session.get(WORDS, "")) if SEARCHED in request.GET else ""
    with_stopped = bool(request.GET.get("stopped"))
    found = Paginator(queries.people(words, with_stopped=with_stopped), PER_PAGE).get_page(request.GET.get("page"))
    if not form.is_bound:
        form = PeopleSearchForm(initial={"text": words, "stopped": with_stopped})
    without = with_parameter(request.GET, SEARCHED, "")
    note_list("利用者", Permission.MANAGE_USERS, count=len(found))
    context = {"people": found, "form": form, "words": words, "without_words": without}
    return show(request, "accounts/users.html", context, 400 if form.errors else 200)


def _list_address(form: PeopleSearchForm) -> str:
    asked = {SEARCHED: bool(form.cleaned_data["text"]), "stopped": form.cleaned_data["stopped"]}
    chosen = urlencode({name: "1" for name, is_so in asked.items() if is_so})
    return reverse("accounts:users") + (f"?{chosen}" if chosen else "")


@page(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    require_step_up(request)
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = requests.ask_for_person(form.cleaned_data, person_of(request))
        except (AccountError, ValidationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            if asked.user is None:
                messages.success(request, f"利用者の登録を申請しました。{WAITS}")
                return redirect("accounts:requests")
            messages.success(request, "利用者を登録しました。役割を付与し、利用開始コードを発行してください。")
            return redirect("accounts:user", asked.user.pk)
    return show(request, "accounts/user_new.html", {"form": form, "alone": is_founding(person_of(request).pk)})


@page(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    require_step_up(request)
    user = get_object_or_404(User, pk=user_id)
    form = ChangeUserForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_user(User.objects.get(pk=user_id), **form.cleaned_data)
        except (AccountError, ValidationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            messages.success(request, "利用者を変更しました。")
            return redirect("accounts:user", user_id)
    return _person(request, user, form=form)


def _person(
    request: HttpRequest, user: User, *, form: ChangeUserForm | None = None, role_form: RoleForm | None = None
) -> HttpResponse:
    note_list("利用者の役割と利用", Permission.MANAGE_USERS, [Subject("user", str(user.pk))])
    context = {
        "person": user,
        "assignments": [
            (one, schools.name_of(one.school_code), not roles.is_over(one)) for one in queries.assignments_of(user)
        ],
        "form": form or ChangeUserForm(instance=user),
        "role_form": role_form or RoleForm(roles_of_scope(visit_of(request).scope)),
        "sessions": queries.recent_sessions(user),
        "has_factor": queries.has_factor(user),
        "alone": is_founding(person_of(request).pk),
        "roles_by_two": services.named_roles_by_two(visit_of(request).scope),
        "asks_first": user.enrolled_at is not None and is_alone() and not services.may_issue_code(user),
        "waiting": [(row, queries.described(row)) for row in user.account_requests.filter(state="waiting")],
        "no_code_because": services.why_no_code(user),
    }
    return show(request, "accounts/user.html", context)


@page(Permission.MANAGE_USERS)
@require_POST
def give_role(request: HttpRequest, user_id: int) -> HttpResponse:
    require_step_up(request)
    user = get_object_or_404(User, pk=user_id)
    form = RoleForm(roles_of_scope(visit_of(request).scope), request.POST)
    if not form.is_valid():
        return _person(request, user, role_form=form)
    try:
        waits = _give(request, user, form.cleaned_data)
    except AccountError as error:
        form.add_error(None, str(error))
        return _person(request, user, role_form=form)
    if waits:
        messages.success(request, f"役割の付与を申請しました。{WAITS}")
        return redirect("accounts:user", user_id)
    given = form.cleaned_data
    where = schools.name_of(given["school_code"])
    messages.success(request, f"役割を付与しました（{given['role'].label}、{where}）。")
    return redirect("accounts:user", user_id)


def _give(request: HttpRequest, user: User, facts: dict[str, Any]) -> bool:
    """Give the role, or where two people decide ask the second person. Whether it waits for them."""
    if not needs_two_people(facts["role"], facts["school_code"]):
        services.assign_role(user, **facts)
        return False
    return requests.ask_for_role(user, facts, person_of(request)).state == AccountRequest.State.WAITING


@page(Permission.MANAGE_USERS)
@require_POST
def end_role(request: HttpRequest, user_id: int, assignment_id: int) -> HttpResponse:
    """At once, or with `last_day` after that day."""
    assignment = _assignment(user_id, assignment_id)
    try:
        day = JapaneseDateField(label="最後の日", required=False).clean(request.POST.get("last_day", ""))
    except ValidationError as error:
        messages.error(request, f"最後の日: {error.messages[0]}")
        return redirect("accounts:user", user_id)
    said = f"役割を{to_wareki(day)}までにしました。" if day else "役割を終了しました。"
    return _act(request, user_id, lambda: services.shorten_role(assignment, day), said)


@page(Permission.MANAGE_USERS)
@require_POST
def train(request: HttpRequest, user_id: int, assignment_id: int) -> HttpResponse:
    assignment = _assignment(user_id, assignment_id)
    try:
        day = JapaneseDateField(label="研修受講日").clean(request.POST.get("training_on", ""))
    except ValidationError as error:
        messages.error(request, f"研修受講日: {error.messages[0]}")
        return redirect("accounts:user", user_id)
    return _act(request, user_id, lambda: services.record_training(assignment, day), "研修受講日を記録しました。")


@page(Permission.MANAGE_USERS)
@require_POST
def activation_code(request: HttpRequest, user_id: int) -> HttpResponse:
    """The code is on this answer only; nothing keeps it in clear."""
    require_step_up(request)
    user = get_object_or_404(User, pk=user_id)
    try:
        code = services.issue_activation_code(user)
    except NeedsSecondPerson:
        return _ask_for_code(request, user)
    except AccountError as error:
        messages.error(request, str(error))
        return redirect("accounts:user", user_id)
    return show(request, "accounts/activation_code.html", {"person": user, "code": code})


def _ask_for_code(request: HttpRequest, user: User) -> HttpResponse:
    try:
        requests.ask_for_code(user, person_of(request))
    except AccountError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, f"利用開始コードの再発行を申請しました。{WAITS}承認の後24時間以内にここで発行します。"
        )
    return redirect("accounts:user", user.pk)


@page(Permission.MANAGE_USERS)
@require_POST
def stop(request: HttpRequest, user_id: int) -> HttpResponse:
    user = get_object_or_404(User, pk=user_id)
    return _act(request, user_id, lambda: services.disable_user(user), "利用を停止しました。")


@page(Permission.MANAGE_USERS)
@require_POST
def factor_lost(request: HttpRequest, user_id: int) -> HttpResponse:
    """Stopping needs one person; a new authenticator needs two."""
    user = get_object_or_404(User, pk=user_id)
    return _act(request, user_id, lambda: services.declare_lost(user), "紛失を記録しました。認証器はもう使えません。")


@page(Permission.MANAGE_USERS)
@require_POST
def resume(request: HttpRequest, user_id: int) -> HttpResponse:
    user = get_object_or_404(User, pk=user_id)
    return _act(request, user_id, lambda: services.enable_user(user), "利用を再開しました。")


@page(Permission.MANAGE_USERS)
@require_POST
def unlock(request: HttpRequest, user_id: int) -> HttpResponse:
    user = get_object_or_404(User, pk=user_id)
    return _act(request, user_id, lambda: services.clear_throttles(user), "一時停止を解除しました。")


def _assignment(user_id: int, assignment_id: int) -> RoleAssignment:
    return get_object_or_404(RoleAssignment.objects.select_related("user"), pk=assignment_id, user=user_id)


def _act(request: HttpRequest, user_id: int, act: Callable[[], None], done: str) -> HttpResponse:
    """One act of the manager with a fresh one-time password; its refusal is told on the person's page."""
    require_step_up(request)
    try:
        act()
    except AccountError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("accounts:user", user_id)
