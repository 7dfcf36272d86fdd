"""年度定義: what is used, which revisions there are, and the coverage table."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import page
from accounts.permissions import Permission
from domain.households.views.shared import holds_everywhere, user_of, whole_prefecture
from domain.rules import Pack, PackError
from domain.yearpacks import drafting, queries
from domain.yearpacks.choosing import NoneToChoose, bases_of, overlays_for
from domain.yearpacks.coverage import DEPARTMENTS, FILTERS, TONES, coverage_table
from domain.yearpacks.errors import YearpackError
from domain.yearpacks.forms import DraftForm, ReasonForm
from domain.yearpacks.models import InForce, Revision
from domain.yearpacks.views.shared import tone_of_state
from web.components import Chip
from web.tables import with_parameter


@page(Permission.VIEW_YEARPACK)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What new decisions use today, the revisions, the history of what was in force."""
    user, year = user_of(request), queries.working_year()
    forces = list(InForce.objects.select_related("revision").filter(fiscal_year=year))
    everything = holds_everywhere(user, Permission.VIEW_YEARPACK)
    if not everything:
        forces = [row for row in forces if row.state == InForce.State.APPROVED]
    revisions = Revision.objects.filter(fiscal_year=year).defer("content") if everything else ()
    waiting = next((row for row in forces if row.state == InForce.State.PROPOSED), None)
    may_edit = holds_everywhere(user, Permission.EDIT_YEARPACK)
    context: dict[str, Any] = {
        "year": year,
        "everything": everything,
        "revisions": [(row, tone_of_state(row.state)) for row in revisions],
        "forces": [(row, tone_of_state(row.state)) for row in forces],
        "today": queries.today_in_force(forces),
        "may_edit": may_edit,
        "may_approve": holds_everywhere(user, Permission.APPROVE_YEARPACK),
        "waiting": waiting,
        "mine": may_edit and waiting is not None and waiting.proposed_by == user.username,
        "withdraw_form": ReasonForm(),
    }
    try:
        pack = queries.pack_now(year)
        context |= {"pack": pack, "table": coverage_table(pack)}
    except (NoneToChoose, PackError, YearpackError) as error:
        context["trouble"] = str(error)
    return render(request, "yearpacks/overview.html", context)


@page(Permission.VIEW_YEARPACK)
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """The coverage of what is used today."""
    year = queries.working_year()
    try:
        pack = queries.pack_now(year)
    except (NoneToChoose, PackError, YearpackError) as error:
        messages.error(request, str(error) or "この年度に使う年度定義がまだありません。")
        return redirect("yearpacks:overview")
    return render(request, "yearpacks/coverage.html", {"year": year, **coverage_context(request, pack)})


@page(Permission.VIEW_YEARPACK)
@whole_prefecture(Permission.VIEW_YEARPACK)
@require_safe
def revision_coverage(request: HttpRequest, revision_id: int) -> HttpResponse:
    """The coverage of a revision as it stands."""
    revision = queries.find_revision(revision_id)
    context = coverage_context(request, queries.pack_of_revision(revision))
    return render(request, "yearpacks/coverage.html", {"year": revision.fiscal_year, "revision": revision, **context})


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """改訂を作る."""
    year = queries.working_year()
    bases = bases_of(year)
    overlays = [pack for base in bases for pack in overlays_for(base.name, year)]
    initial = {"overlays": [pack.name for pack in overlays if pack.sample]}
    form = DraftForm(bases, overlays, year, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            row = drafting.open_draft(
                year, said["base"], said.get("overlays", []), user_of(request), copy_of=said["copy_of"]
            )
        except YearpackError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{row.label}を作りました。値のないものから入力してください。")
            return redirect("yearpacks:revision", row.pk)
    return render(request, "yearpacks/new.html", {"form": form, "year": year, "bases": bases})


def coverage_context(request: HttpRequest, pack: Pack) -> dict[str, Any]:
    """The table of a pack with the filter of the address."""
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in FILTERS else ""
    table = coverage_table(pack)
    chips = [
        Chip(word, with_parameter(request.GET, "show", key), len(table.shown(key)), chosen=key == chosen)
        for key, (word, _) in FILTERS.items()
    ]
    counts = [(state, TONES[state], count) for state, count in table.counts.items() if count]
    return {
        "pack": pack,
        "table": table,
        "lines": table.shown(chosen),
        "departments": DEPARTMENTS,
        "chips": chips,
        "counts": counts,
        "chosen": chosen,
    }
