"""所得証明書の値: a grid of a household's members, then the computation at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import page
from accounts.permissions import Permission
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event
from domain.households.models import IncomeCertificate, Member
from domain.households.views.shared import user_of
from domain.statements import services
from domain.statements.forms import CertificateGrid, column_title
from domain.statements.models import Statement
from domain.statements.presentation import households, missing
from domain.statements.queries import scope
from domain.statements.reading import AMOUNTS
from domain.statements.redetermining import DECIDED
from domain.statements.states import AT_SCHOOL, MoveRefused
from domain.statements.views.detail import compute_now
from domain.statements.views.shared import subjects

READY = Statement.State.READY
DECIDED_ALREADY = (
    "この調書の支弁区分は決定しています。証明書の値はここでは変えられません。収入や世帯が変わったときは、"
    "この画面の「年度の途中で判定しなおす」から再判定を始めてください。"
)


@page(Permission.EDIT_STATEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def certificates(request: HttpRequest, statement_id: int) -> HttpResponse:
    statement = scope.find_statement(user_of(request), statement_id, Permission.EDIT_STATEMENT)
    if statement.state not in AT_SCHOOL:
        messages.error(request, DECIDED_ALREADY if statement.state in DECIDED else str(MoveRefused(statement, READY)))
        return redirect("statements:detail", statement.pk)
    members = list(Member.objects.filter(household=statement.household_id).order_by("key"))
    if request.method != "POST":
        return _show(request, statement, _grid(request, statement, members))
    with transaction.atomic():  # held from comparing with what was shown to writing
        Statement.objects.select_for_update().get(pk=statement.pk)
        grid = _grid(request, statement, members)
        doubts = grid.doubts() if grid.is_valid() and "confirmed" not in request.POST else []
        saved = grid.is_valid() and not doubts and _save(request, statement, grid)
    if not saved:
        return _show(request, statement, grid, doubts)
    if any(grid.changed()):
        compute_now(request, statement)
    return redirect("statements:detail", statement.pk)


def _grid(request: HttpRequest, statement: Statement, members: Sequence[Member]) -> CertificateGrid:
    facts = {row.member_id: row for row in statement.facts.all()}
    papers = IncomeCertificate.objects.filter(member__in=members, fiscal_year=statement.fiscal_year)
    data = request.POST if request.method == "POST" else None
    return CertificateGrid(members, facts, {paper.member_id: paper for paper in papers}, data)


def _save(request: HttpRequest, statement: Statement, grid: CertificateGrid) -> bool:
    """All rows or none. False when the 調書 left the school meanwhile; what was typed is still there."""
    changed = list(grid.changed())
    try:
        with transaction.atomic():
            for member, amounts in changed:
                if any(value is not None for value in amounts.values()):
                    services.record_certificate(statement, member, amounts)
                else:
                    services.remove_certificate(statement, member)
    except MoveRefused as error:
        grid.add_error(None, str(error))
        return False
    if not changed:
        messages.info(request, "変更はありませんでした。")
        return True
    gone = [member.name for member, amounts in changed if all(value is None for value in amounts.values())]
    if len(changed) > len(gone):
        messages.success(request, f"所得証明書の値を{len(changed) - len(gone)}人分保存しました。")
    if gone:
        messages.success(request, f"{'、'.join(gone)}さんの証明書の値を取り消しました。")
    return True


def _needed(statement: Statement) -> set[int]:
    """Members whose value the last computation asked for."""
    run = statement.computations.filter(provisional=False).order_by("-sequence").first()
    if run is None:
        return set()
    members = {member.key: (member.pk, "") for member in Member.objects.filter(household=statement.household_id)}
    return {lack.member for lack in missing.lacks(run.missing, members, {}) if lack.member is not None}


def _show(
    request: HttpRequest, statement: Statement, grid: CertificateGrid, doubts: Sequence[str] = ()
) -> HttpResponse:
    detail = {"page": "certificates"}
    allowed_by = Permission.EDIT_STATEMENT.value
    record_access(Event.READ_STATEMENT_SHOWN, subjects=subjects([statement.pk]), detail=detail, allowed_by=allowed_by)
    needed = _needed(statement)
    rows = [
        (member, households.age(member.born, statement.fiscal_year), member.pk in needed, cells)
        for member, cells in grid.rows()
    ]
    context = {
        "statement": statement,
        "form": grid,
        "rows": rows,
        "needed": len(needed),
        "doubts": doubts,
        "columns": [column_title(column) for column in AMOUNTS],
        "legal_day": households.legal_day(statement.fiscal_year),
    }
    return render(request, "statements/certificates.html", context, status=422 if grid.errors else 200)
