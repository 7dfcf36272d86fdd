"""Answers that Django asks for by name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or came from another place. Says what to do; the reason stays in the log."""
    return render(request, "web/errors/403_csrf.html", status=403)
