"""番号の表示: one number of one person, for a stated reason, on the screen for a minute."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import page, require_step_up
from accounts.errors import StepUpRequired
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.screening import NumberInTrail
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.households.queries import find_member
from domain.households.views.shared import user_of
from domain.vault import services
from domain.vault.errors import ShownEnough, VaultError
from domain.vault.forms import RevealForm
from domain.vault.numbers import Number

SHOWN_SECONDS = 60


@page(Permission.REVEAL_NUMBER)
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, member_id: int) -> HttpResponse:
    """Ask for the reason, then show. The answer is never stored, and leaves the screen by itself."""
    member = find_member(user_of(request), member_id, Permission.REVEAL_NUMBER)
    require_step_up(request)
    form = RevealForm(request.POST if request.method == "POST" else None)
    shown = _shown(form, member) if form.is_bound and form.is_valid() else None
    if shown is None:
        record_access(
            Event.READ_HOUSEHOLD_SHOWN,
            subjects=[Subject("household", str(member.household_id)), Subject("member", str(member.pk))],
            allowed_by=Permission.REVEAL_NUMBER.value,
        )
    return _answer(request, member, form, shown)


def _shown(form: RevealForm, member: Member) -> Number | None:
    given = form.cleaned_data
    try:
        return services.reveal(member, given["field"], duty=given["duty"], case=given["case"])
    except NumberInTrail:
        form.data = {**form.data, "case": ""}
        form.add_error("case", "番号らしい12桁の数字は書けません。案件番号か理由を入力してください。")
    except ShownEnough as error:
        raise StepUpRequired from error
    except VaultError as error:
        form.add_error(None, str(error))
    return None


def _answer(request: HttpRequest, member: Member, form: RevealForm, shown: Number | None) -> HttpResponse:
    context = {"member": member, "form": form, "number": _spaced(shown) if shown else "", "seconds": SHOWN_SECONDS}
    response = render(request, "vault/reveal.html", context)
    response["Cache-Control"] = "no-store"
    if shown:
        # Works without JavaScript; hide.js also covers the number when the page is left.
        response["Refresh"] = f"{SHOWN_SECONDS}; url={reverse('vault:reveal', args=[member.pk])}"
    return response


def _spaced(number: Number) -> str:
    """個人番号 in groups of four, as on the card."""
    digits = number.clear()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4)) if digits.isdigit() else digits
