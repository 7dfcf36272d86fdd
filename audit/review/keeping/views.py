"""記録の保全: the seal, what was handed out, the nightly comparison; and the doors through which records leave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.access import may, page, person_of, require_step_up
from accounts.permissions import Permission
from accounts.views.shared import show
from audit.review.identities import printable
from audit.review.keeping import disclosure
from audit.review.keeping.forms import DisclosureForm, ExportForm
from audit.review.keeping.giving import csv_lines, ocsf_lines
from audit.trail import audit_verify
from audit.trail.counting import counts_between
from audit.trail.entries import JSON, Subject
from audit.trail.leaving import taken
from audit.trail.models import RefusedEvent, TrailReceiver
from audit.trail.recorder import record_access
from audit.trail.sealing.export import NotSealed, export_lines, head_of, newest_head, proof_of, public_keys
from audit.trail.sealing.handed import handed_as, handed_heads
from audit.trail.vocabulary import Event
from audit.trail.witness.comparison import comparisons
from typesetting.engine import TypesettingError
from web.form_errors import summary

Response = TypeVar("Response", bound=HttpResponseBase)

HEADS_SHOWN = 12
NIGHTS_SHOWN = 7
REFUSED_SHOWN = 50
_MAKERS = {
    "sealed": (export_lines, "jsonl", "application/x-ndjson"),
    "ocsf": (ocsf_lines, "ocsf.jsonl", "application/x-ndjson"),
    "csv": (csv_lines, "csv", "text/csv; charset=utf-8"),
}


@page(Permission.VIEW_TRAIL)
@require_safe
def keeping(request: HttpRequest) -> HttpResponse:
    """What stands guard over the records today. Raises TrailUnavailable (503)."""
    detail = {"一覧": "記録の保全"}
    record_access(Event.READ_LIST_SHOWN, detail=detail, allowed_by=Permission.VIEW_TRAIL.value)
    return show(request, "review/keeping.html", _frame(request, ExportForm()))


@page(Permission.VIEW_TRAIL)
@require_safe
def head(request: HttpRequest, number: int) -> HttpResponse:
    """A signed head as a file, with the platform's of the same hour: what the prefecture keeps to hold against later exports."""
    found = head_of(number)
    if found is None:
        raise Http404
    _note(request, {"file": "head", "number": number})
    handed = handed_as(number)
    platform = {"platform": json.loads(handed.platform_head)} if handed and handed.platform_head else {}
    text = json.dumps(found.as_json() | platform, ensure_ascii=False)
    return _file(text, f"記録の署名_第{number}束.json", "application/json")


@page(Permission.VIEW_TRAIL)
@require_safe
def public_key(request: HttpRequest) -> HttpResponse:
    """The public halves of the keys that signed, one a line: to be kept from the beginning, apart from the exports."""
    keys = public_keys()
    if not keys:
        raise Http404
    _note(request, {"file": "public_key"})
    return _file("\n".join([*keys, ""]), "記録の公開鍵.txt", "text/plain; charset=utf-8")


@page(Permission.VIEW_TRAIL)
@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The checking program: one file that needs nothing of ours."""
    _note(request, {"file": "audit_verify.py"})
    return _file(
        Path(audit_verify.__file__).read_text(encoding="utf-8"), "audit_verify.py", "text/x-python; charset=utf-8"
    )


@page(Permission.VIEW_TRAIL)
@require_safe
def proof(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """That one event stands below a signed head; not there yet for the last seconds."""
    require_step_up(request)
    try:
        found = proof_of(event_id)
    except NotSealed as error:
        messages.error(request, str(error))
        return redirect("trail:list")
    if found is None:
        raise Http404
    _note(request, {"file": "proof", "event": str(event_id)}, 1)
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False})
    return _attached(response, f"記録の証明_{event_id}.json")


@page(Permission.EXPORT_TRAIL)
@require_POST
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The records of a period as a file, after the one-time password and its event; nothing leaves without both."""
    require_step_up(request)
    form = ExportForm(request.POST)
    if not form.is_valid():
        return show(request, "review/keeping.html", _frame(request, form), status=400)
    maker, suffix, media = _MAKERS[form.cleaned_data["form"]]
    since, until = form.period()
    detail: dict[str, JSON] = {"形式": form.cleaned_data["form"], "期間": [since.isoformat(), until.isoformat()]}
    detail |= taken(sum(counts_between(since, until).values()))
    record_access(Event.EXPORT_TRAIL_MADE, detail=detail, allowed_by=Permission.EXPORT_TRAIL.value)
    # The first lines are asked for before the answer begins, so that a trail that is away is a page and not half a file.
    lines = maker(since, until)
    first = next(lines, "")
    response = StreamingHttpResponse(_following(first, lines), content_type=media)
    return _attached(response, f"記録_{timezone.localdate(since):%Y%m%d}_{form.cleaned_data['until']:%Y%m%d}.{suffix}")


@page(Permission.EXPORT_TRAIL)
@require_POST
def disclose(request: HttpRequest) -> HttpResponse:
    """開示請求への書類: who looked at one subject, as a PDF without names of staff."""
    require_step_up(request)
    form = DisclosureForm(request.POST)
    if not form.is_valid():
        for one in summary(form):
            messages.error(request, f"{one.label}: {one.message}" if one.label else one.message)
        return redirect("trail:list")
    subject = Subject(form.cleaned_data["kind"], form.cleaned_data["id"])
    since, until = form.period()
    user = person_of(request)
    try:
        events = disclosure.accesses(subject, since, until)
        shown = printable([subject], user).get(subject, subject.id)
        record_access(
            Event.PRINT_DISCLOSURE_MADE,
            subjects=[subject],
            detail=taken(len(events)),
            allowed_by=Permission.EXPORT_TRAIL.value,
        )
        made = disclosure.pdf_of(subject, shown, events, since, until, user.display_name)
    except (disclosure.TooMuch, TypesettingError) as error:
        messages.error(request, str(error))
        return redirect("trail:list")
    return _attached(HttpResponse(made.pdf, content_type="application/pdf"), "閲覧等の記録.pdf")


def _frame(request: HttpRequest, form: ExportForm) -> dict[str, object]:
    newest = newest_head()
    nights = list(islice(comparisons(), NIGHTS_SHOWN))
    return {
        "form": form,
        "newest": newest,
        "sealed": newest.first_seq + newest.events - 1 if newest else 0,
        "handed": list(islice(handed_heads(), HEADS_SHOWN)),
        "nights": nights,
        "differing": [night for night in nights if night.differs],
        "refused": RefusedEvent.objects.defer("row")[:REFUSED_SHOWN],
        "refused_count": RefusedEvent.objects.count(),
        "receiver": TrailReceiver.objects.first(),
        "may_export": may(person_of(request), Permission.EXPORT_TRAIL),
    }


def _note(request: HttpRequest, detail: dict[str, JSON], records: int = 0) -> None:
    """`records`: events of the trail in the file; a key or a head is about nobody."""
    record_access(Event.EXPORT_FILE_DOWNLOADED, detail=detail | taken(records), allowed_by=Permission.VIEW_TRAIL.value)


def _following(first: str, lines: Iterator[str]) -> Iterator[bytes]:
    yield first.encode()
    for line in lines:
        yield line.encode()


def _file(text: str, name: str, media: str) -> HttpResponse:
    return _attached(HttpResponse(text, content_type=media), name)


def _attached(response: Response, name: str) -> Response:
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response
