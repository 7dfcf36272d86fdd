"""Answers that Django asks for by name."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import drafts, reopening
from accounts.guard import Stage
from audit.trail.recorder import record
from audit.trail.vocabulary import Event


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or came from another place. Says what to do; the reason stays in the log."""
    visit = getattr(request, "visit", None)
    if visit is not None and visit.stage is Stage.SIGNED_IN:
        with transaction.atomic():
            record(Event.ACCESS_FORM_REFUSED, detail={"method": request.method or ""})
    context = {"draft": drafts.kept_for(request), "page": reopening.form_page(request)}
    return render(request, "web/errors/403_csrf.html", context, status=403)
