"""What several pages need."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import holds_everywhere, person_of
from accounts.address import client_address, client_agent
from accounts.guard import Visit
from accounts.permissions import Permission
from accounts.services.login import Origin
from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record, record_access
from audit.trail.vocabulary import Event

WAITS: Final = "別の人（テナント管理者か情報セキュリティ管理者）が「利用者の申請」で承認すると有効になります。"


def visit_of(request: HttpRequest) -> Visit:
    """Who is behind the request, as the guard found out."""
    visit: Visit = request.visit  # type: ignore[attr-defined]  # set by the guard
    return visit


def origin_of(request: HttpRequest) -> Origin:
    return Origin(visit_of(request).terminal.id, client_address(request), client_agent(request))


def show(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """A signed-in page in the frame of this kind of host."""
    base = "web/console.html" if visit_of(request).scope == "console" else "web/page.html"
    return render(request, template, {"base": base, **(context or {})}, status=status)


def note_list(of: str, permission: Permission, subjects: Sequence[Subject] = (), **detail: JSON) -> None:
    """Before a page with names of staff is shown. Raises TrailUnavailable: it stays closed."""
    allowed = permission.value
    record_access(Event.READ_LIST_SHOWN, subjects=subjects, detail={"一覧": of, **detail}, allowed_by=allowed)


def whole_prefecture(permission: Permission) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Refuse (403, with an event) whose roles give the permission for some schools only: the act touches them all."""

    def marked(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            if holds_everywhere(person_of(request), permission):
                return view(request, *arguments, **named)
            with transaction.atomic():
                record(Event.ACCESS_PERMISSION_REFUSED, detail={"permission": permission.value, "reach": "prefecture"})
            refusal = (
                f"「{permission.label}」はすべての学校に関わるため、学校を限った役割ではできません。"
                "学校を限らない役割の人に依頼してください。"
            )
            return render(request, "accounts/refused.html", {"refusal": refusal}, status=403)

        return guarded

    return marked


def wait_words(until: datetime) -> str:
    """How long, in words: あと40秒 / あと5分 / 明日 9時05分ごろ."""
    seconds = math.ceil((until - timezone.now()).total_seconds())
    if seconds < 60:
        return f"あと{max(seconds, 1)}秒"
    if seconds < 3600:
        return f"あと{math.ceil(seconds / 60)}分"
    local = timezone.localtime(until)
    return f"{local.month}月{local.day}日 {local.hour}時{local.minute:02d}分まで"
