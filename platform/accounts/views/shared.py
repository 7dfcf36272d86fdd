"""What several pages need."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.address import client_address, client_agent
from accounts.guard import Visit
from accounts.services.login import Origin

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


def wait_words(until: datetime) -> str:
    """How long, in words: あと40秒 / あと5分 / 明日 9時05分ごろ."""
    seconds = math.ceil((until - timezone.now()).total_seconds())
    if seconds < 60:
        return f"あと{max(seconds, 1)}秒"
    if seconds < 3600:
        return f"あと{math.ceil(seconds / 60)}分"
    local = timezone.localtime(until)
    return f"{local.month}月{local.day}日 {local.hour}時{local.minute:02d}分まで"
