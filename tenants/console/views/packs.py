"""年度定義 that ship with this version: what each covers. No prefecture's data, no board's revision."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import page
from accounts.permissions import Permission
from accounts.views.shared import show
from domain.rules import Pack, PackError, PackInfo, available_packs, load_pack
from domain.yearpacks.coverage import Table, coverage_table
from domain.yearpacks.views.overview import coverage_context


@dataclass(frozen=True, slots=True)
class Shipped:
    """A pack of this version; `fault` says why it cannot be read."""

    info: PackInfo
    table: Table | None
    digest: str
    fault: str = ""


@page(Permission.VIEW_SHIPPED_PACKS, "console")
@require_safe
def packs(request: HttpRequest) -> HttpResponse:
    """Every pack and overlay with how much it covers."""
    rows = [_shipped(info) for info in available_packs()]
    return show(request, "console/packs.html", {"rows": rows, "faulty": sum(bool(row.fault) for row in rows)})


@page(Permission.VIEW_SHIPPED_PACKS, "console")
@require_safe
def pack_coverage(request: HttpRequest, pack_name: str) -> HttpResponse:
    """The coverage table of one pack; an overlay is shown over its base."""
    info = next((each for each in available_packs() if each.name == pack_name), None)
    if info is None:
        raise Http404("年度定義がありません")
    try:
        context = coverage_context(request, _loaded(info))
    except PackError as error:
        return show(request, "console/pack.html", {"info": info, "fault": str(error)})
    return show(request, "console/pack.html", {"info": info, **context})


def _shipped(info: PackInfo) -> Shipped:
    try:
        pack = _loaded(info)
    except PackError as error:
        return Shipped(info, None, "", str(error))
    return Shipped(info, coverage_table(pack), pack.digest)


def _loaded(info: PackInfo) -> Pack:
    return load_pack(info.extends[0], (info.name,)) if info.extends else load_pack(info.name)
