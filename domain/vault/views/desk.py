"""番号入力 and 番号の変更: a number is typed twice and never shown again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import page, require_step_up
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.models import Household, Member
from domain.households.queries import find_household, find_member
from domain.households.views.shared import user_of
from domain.vault import modes
from domain.vault.desk import conflicts
from domain.vault.desk.changing import change_number
from domain.vault.desk.checks import typed_number
from domain.vault.desk.entering import enter_numbers
from domain.vault.errors import VaultError
from domain.vault.forms import ChangeForm, DeskForm
from domain.vault.queries import numbers_held

_P = Permission.IMPORT_NUMBERS


@page(_P)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def desk(request: HttpRequest, household_id: int) -> HttpResponse:
    """The members of a household: two inputs for each who has no number yet."""
    household = find_household(user_of(request), household_id, _P)
    require_step_up(request)
    members = list(household.members.all())
    held = numbers_held(member.pk for member in members)
    form = DeskForm([each for each in members if each.pk not in held], request.POST or None)
    if request.method == "POST" and form.is_valid() and _entered(request, form, household):
        if left := conflicts.open_conflicts(user_of(request)).filter(member__household=household).count():
            messages.warning(
                request, f"番号の重複が{left}件残っています。確かめて、結果を書いて処理済みにしてください。"
            )
            return redirect("vault:duplicates")
        return redirect("households:detail", household.pk)
    _record_shown(household, members)
    context = {
        "household": household,
        "form": form,
        "known": [member for member in members if member.pk in held],
        "never": modes.rules().mode == modes.Mode.NEVER,
    }
    return _kept_nowhere(render(request, "vault/desk.html", context))


@page(_P)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def change(request: HttpRequest, member_id: int) -> HttpResponse:
    """Another number for one person, with the reason and the day."""
    member = find_member(user_of(request), member_id, _P)
    require_step_up(request)
    form = ChangeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _changed(request, form, member):
        return redirect("households:detail", member.household_id)
    _record_shown(member.household, [member])
    context = {"member": member, "form": form, "held": bool(numbers_held([member.pk]))}
    return _kept_nowhere(render(request, "vault/change.html", context))


def _entered(request: HttpRequest, form: DeskForm, household: Household) -> bool:
    try:
        result = enter_numbers(household, form.typed(), identity=form.cleaned_data["identity"], user=user_of(request))
    except VaultError as error:
        form.add_error(None, str(error))
        return False
    for member, words in result.wrong.items():
        form.add_error(f"first_{member}", words)
    if result.wrong:
        form.add_error(None, "誤りがあるため、どの番号も登録していません。")
        return False
    if not (result.stored or result.same):
        form.add_error(None, "番号が入力されていません。")
        return False
    messages.success(request, f"{len(result.stored)}人の個人番号を登録しました。")
    return True


def _changed(request: HttpRequest, form: ChangeForm, member: Member) -> bool:
    given = form.cleaned_data
    number, wrong = typed_number(given["first"], given["second"])
    if number is None:
        form.add_error("first", wrong)
        return False
    try:
        change_number(
            member, number, on=given["on"], because=given["because"], identity=given["identity"], user=user_of(request)
        )
    except VaultError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, "個人番号の変更を登録しました。前の番号は終了日をつけて残しています。")
    return True


def _record_shown(household: Household, members: list[Member]) -> None:
    subjects = [Subject("household", str(household.pk)), *[Subject("member", str(each.pk)) for each in members]]
    record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=subjects, allowed_by=_P.value)


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
