"""A page that puts what it is given into SQL, as no page of the product does: what an attacker who found one could reach."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from accounts.access import page
from accounts.permissions import Permission


@page(Permission.VIEW_HOME)
def search(request: HttpRequest) -> HttpResponse:
    """No parameters are bound, so even several statements go through."""
    text = request.GET.get("q", "")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT code, name FROM households_school WHERE code = '{text}'")
        rows: list[Any] = []
        results = cursor.cursor.results() if hasattr(cursor.cursor, "results") else [cursor.cursor]
        for result in results:
            rows += result.fetchall() if result.description else []
    return HttpResponse(repr(rows), content_type="text/plain; charset=utf-8")


urlpatterns = [path("vulnerable/", search), path("", include("config.urls_tenant"))]
handler500 = "config.handlers.server_error"
