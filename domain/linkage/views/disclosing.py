"""情報提供等記録 of one person with every detail; 開示: as a PDF, after the one-time password and its event."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from accounts.access import page, require_step_up
from accounts.permissions import Permission
from audit.trail.entries import JSON
from audit.trail.leaving import taken
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.households.views.shared import user_of, whole_prefecture
from domain.linkage.exchange.jobs import fetches_lists
from domain.linkage.incoming import queries
from domain.linkage.incoming.disclosing import TooManyRecords, kept_of, pdf_of, records_of
from domain.linkage.incoming.forms import DisclosureForm
from domain.linkage.protection import item_shown, noted, party_shown
from typesetting.engine import TypesettingError
from web.components import Column
from web.dates import to_wareki_short

_ALLOWED = Permission.VIEW_TARGETS
ROWS = 50
COLUMNS = [
    Column("照会日時・提供日時"), Column("種別"), Column("相手機関・情報の項目"), Column("記録番号"), Column("保存期限"),
]  # fmt: skip


@page(Permission.VIEW_TARGETS)
@whole_prefecture(Permission.VIEW_TARGETS)
@require_http_methods(["GET", "HEAD", "POST"])
def disclosure(request: HttpRequest, member_id: int) -> HttpResponse:
    """The records that are kept of the person, and the document of a period. Nothing leaves without the event before it."""
    member = get_object_or_404(Member.objects.select_related("household"), pk=member_id)
    form = DisclosureForm(request.POST or None)
    if request.method == "POST":
        require_step_up(request)
        if form.is_valid() and (answer := _printed(request, member, form)) is not None:
            return answer
    return _shown(request, member, form)


def _printed(request: HttpRequest, member: Member, form: DisclosureForm) -> HttpResponse | None:
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    period = {"from": first.isoformat(), "to": last.isoformat()}
    record_access(
        Event.PRINT_RECORDS_MADE,
        subjects=[Subject("member", str(member.pk))],
        detail={**period, **taken(records_of(member, first, last).count()), **noted(member.household)},
        allowed_by=_ALLOWED.value,
    )
    try:
        made = pdf_of(member, first, last, user_of(request).display_name)
    except (TooManyRecords, TypesettingError) as error:
        form.add_error(None, str(error))
        return None
    name = content_disposition_header(True, file_name(member, first, last, timezone.now())) or "attachment"
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return HttpResponse(made.pdf, content_type="application/pdf", headers=headers)


def file_name(member: Member, first: date, last: date, at: datetime) -> str:
    """Of whom, which days, and when it was made: no two requests give files of the same name. Without a name of a person."""
    who, days = f"{member.household.number}-{member.key}", f"{first:%Y%m%d}-{last:%Y%m%d}"
    return f"情報提供等記録_{who}_{days}_{timezone.localtime(at):%Y%m%d%H%M%S}作成.pdf"


def _shown(request: HttpRequest, member: Member, form: DisclosureForm) -> HttpResponse:
    subjects = [Subject("member", str(member.pk))]
    detail: dict[str, JSON] = {"page": "disclosure", **noted(member.household)}
    record_access(Event.READ_LINKAGE_SHOWN, subjects=subjects, detail=detail, allowed_by=_ALLOWED.value)
    kept: dict[str, Any] = kept_of(member)
    first = timezone.localdate(kept["first"]) if kept["first"] else timezone.localdate()
    if not form.is_bound:
        form.initial = {"first": to_wareki_short(first), "last": to_wareki_short(timezone.localdate())}
    listed = Paginator(queries.records_of(member), ROWS).get_page(request.GET.get("page"))
    context = {
        "member": member, "form": form, "kept": kept, "fetches": fetches_lists(), "page": listed, "columns": COLUMNS,
        "rows": [(one, party_shown(one), item_shown(one)) for one in listed],
    }  # fmt: skip
    return render(request, "linkage/disclosure.html", context, status=422 if form.errors else 200)
