"""作業票: what is to be keyed, the first and the second entry, and their comparison."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may, page
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.handover.errors import HandoverError, SheetGone
from domain.handover.forms import EvidenceForm
from domain.handover.links import TERMINAL, terminal_desk
from domain.handover.models import EvidenceCopy, SheetEntry
from domain.handover.queries import batches_named
from domain.handover.terminal import entries, evidence, presenting
from domain.handover.terminal.sheets import Sheet, open_sheet, sheet_names, title_of
from domain.handover.views.shared import only_over
from domain.households.views.shared import user_of, whole_prefecture
from tenants.core.files import DiskFull

PAST_ROWS = 50
_ALLOWED = Permission.KEY_TERMINAL


@page(Permission.KEY_TERMINAL)
@whole_prefecture(Permission.KEY_TERMINAL)
@only_over(TERMINAL)
@require_safe
def sheets(request: HttpRequest) -> HttpResponse:
    """All sheets that lie sealed, with who entered them so far."""
    problem, names = "", []
    try:
        names = sheet_names(terminal_desk())
    except HandoverError as error:
        problem = str(error)
    batches = {str(batch.pk): batch for batch in batches_named(name.batch for name in names)}
    entered: dict[str, list[SheetEntry]] = {}
    for entry in SheetEntry.objects.filter(sheet__in=[name.name for name in names]).defer("sealed"):
        entered.setdefault(entry.sheet, []).append(entry)
    rows = [(name, batches.get(name.batch), entered.get(name.name, [])) for name in names]
    past: Page[EvidenceCopy] = Paginator(evidence.past_copies([name.name for name in names]), PAST_ROWS).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "handover/sheets.html",
        {"rows": rows, "problem": problem, "page": past, "past": [(title_of(copy.entry.sheet), copy) for copy in past]},
    )


@page(Permission.KEY_TERMINAL)
@whole_prefecture(Permission.KEY_TERMINAL)
@only_over(TERMINAL)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, sheet: str) -> HttpResponse:
    """The grid of one's own entry: kept as a draft, or handed in with the evidence."""
    user = user_of(request)
    desk, found = _opened(sheet)
    handing_in = "submit" in request.POST
    initial = {"evidence": entries.typed_evidence(found, user)}
    form = EvidenceForm(request.POST or None, request.FILES or None, draft=not handing_in, initial=initial)
    if request.method == "POST":
        try:
            if found.agreed:
                entries.take_up(found)
                return _handed_in(request, found, 0)
            _save(request, found)
            valid = form.is_valid()
            if (upload := form.cleaned_data.get("copy")) is not None:
                evidence.attach(found, user, upload)
            if valid and not handing_in:
                messages.success(request, "下書きを保存しました。続きはいつでも入力できます。")
                return redirect("handover:sheet", sheet)
            if valid:
                different = entries.submit(desk, found, user, form.cleaned_data["evidence"])
                return _handed_in(request, found, len(different))
        except HandoverError as error:
            form.add_error(None, str(error))
        except DiskFull as error:
            form.add_error("copy", str(error.strerror))
    return _shown(request, found, "handover/sheet.html", {"form": form, "typed": entries.typed_by(found, user)})


@page(Permission.KEY_TERMINAL)
@whole_prefecture(Permission.KEY_TERMINAL)
@only_over(TERMINAL)
@require_POST
def draft(request: HttpRequest, sheet: str) -> HttpResponse:
    """What the page posts by itself while somebody types."""
    _, found = _opened(sheet)
    try:
        _save(request, found)
    except HandoverError as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@page(Permission.KEY_TERMINAL)
@whole_prefecture(Permission.KEY_TERMINAL)
@only_over(TERMINAL)
@require_safe
def paper(request: HttpRequest, sheet: str) -> HttpResponse:
    """The sheet to print: without any number, and without an address under 支援措置."""
    _, found = _opened(sheet)
    return _shown(request, found, "handover/paper.html", {"typed": {}, "paper": True})


@page(Permission.KEY_TERMINAL)
@whole_prefecture(Permission.KEY_TERMINAL)
@only_over(TERMINAL)
@require_safe
def compare(request: HttpRequest, sheet: str) -> HttpResponse:
    """Both entries side by side, for the two who made them and nobody else."""
    _, found = _opened(sheet)
    made = entries.entries_of(found)
    if user_of(request).username not in {entry.by for entry in made}:
        raise Http404
    members = presenting.members_of(found)
    people = [members.get(row.get("atena_number") or "") for row in found.rows]
    pairs = [(one, people[one.line - 1]) for one in entries.differences(found)]
    different = [(presenting.shown_difference(one, member), member) for one, member in pairs]
    _note(found, [member.pk for member in people if member], "compare")
    copies = evidence.copies_of(found, user_of(request))
    context = {"sheet": found, "entries": made, "different": different, "copies": copies}
    return _private(render(request, "handover/compare.html", context))


def _opened(name: str) -> tuple[Any, Sheet]:
    try:
        return open_sheet(name)
    except SheetGone:
        raise Http404 from None


def _save(request: HttpRequest, sheet: Sheet) -> None:
    unseen = presenting.unseen_cells(sheet, presenting.members_of(sheet))
    entries.save_draft(sheet, user_of(request), _typed(request, sheet), unseen, _evidence(request))


def _evidence(request: HttpRequest) -> str | None:
    """The number as it may be kept; None where none was sent, or one that looks like an individual number."""
    form = EvidenceForm(request.POST, draft=True)
    form.is_valid()
    return form.cleaned_data.get("evidence") if "evidence" in request.POST else None


def _typed(request: HttpRequest, sheet: Sheet) -> entries.Values:
    return {
        line: {spec.name: request.POST.get(presenting.cell_name(line, spec.name), "") for spec in sheet.asked}
        for line in range(len(sheet.rows))
    }


def _handed_in(request: HttpRequest, sheet: Sheet, different: int) -> HttpResponse:
    made = entries.entries_of(sheet)
    if different:
        messages.warning(request, f"二人の入力が{different}か所で食い違っています。端末の表示を見直してください。")
        return redirect("handover:compare", sheet.name.name)
    if all(entry.agreed_at for entry in made):
        messages.success(request, "二人の入力が一致しました。回答として読み取りを始めました。")
    else:
        messages.success(request, "入力を提出しました。別の人に、二人目の入力を依頼してください。")
    return redirect("handover:sheets")


def _shown(request: HttpRequest, sheet: Sheet, template: str, more: dict[str, Any]) -> HttpResponse:
    members = presenting.members_of(sheet)
    _note(sheet, sorted(member.pk for member in members.values()), "paper" if more.get("paper") else "sheet")
    user = user_of(request)
    context = more | {
        "sheet": sheet,
        "lines": presenting.lines_of(sheet, members, more["typed"]),
        "entries": entries.entries_of(sheet),
        "copies": evidence.copies_of(sheet, user),
        "may_reveal": may(user, Permission.REVEAL_NUMBER),
    }
    return _private(render(request, template, context))


def _note(sheet: Sheet, members: list[int], shown: str) -> None:
    record_access(
        Event.READ_SHEET_SHOWN,
        subjects=[Subject("sheet", sheet.name.batch), *(Subject("member", str(member)) for member in members)],
        detail={"shown": shown},
        allowed_by=_ALLOWED.value,
    )


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
