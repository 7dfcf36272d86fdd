"""係・担当: named sets of schools that roles are limited to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts import queries, schools
from accounts.access import page, person_of, require_step_up
from accounts.errors import AccountError
from accounts.forms_sections import SectionForm
from accounts.models import Section
from accounts.permissions import Permission
from accounts.services import requests
from accounts.views.shared import WAITS, show


@page(Permission.MANAGE_USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def sections(request: HttpRequest) -> HttpResponse:
    """All sections; `?section=` puts one into the form to be changed."""
    rows = list(Section.objects.all())
    asked = next((row for row in rows if str(row.pk) == request.GET.get("section")), None)
    form = SectionForm(request.POST or None, initial=_initial(asked) if asked else None)
    if request.method == "POST":
        require_step_up(request)
        if form.is_valid() and _asked(request, form):
            return redirect("accounts:sections")
    context = {
        "form": form,
        "asked": asked,
        "rows": [(row, [schools.name_of(code) for code in row.school_codes]) for row in rows],
        "waiting": [(row, queries.described(row)) for row in queries.waiting_section_requests()],
    }
    return show(request, "accounts/sections.html", context, status=422 if form.errors else 200)


def _initial(row: Section) -> dict[str, object]:
    names = ("name", "school_codes", "starts_on", "ends_on")
    return {"section": str(row.pk), **{name: getattr(row, name) for name in names}}


def _asked(request: HttpRequest, form: SectionForm) -> bool:
    try:
        row = requests.ask_for_section(form.cleaned_data, person_of(request))
    except AccountError as error:
        form.add_error(None, str(error))
        return False
    messages.success(
        request, f"係・担当を申請しました。{WAITS}" if row.state == row.State.WAITING else "登録しました。"
    )
    return True
