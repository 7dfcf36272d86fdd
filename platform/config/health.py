"""`/health`: does this process answer, and can it reach what it needs? Says no more than that."""

from __future__ import annotations

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse

from accounts.access import public_page


@public_page
def health(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"database": "down"}, status=503)
    return JsonResponse({"database": "up"})
