"""What several pages of the console need."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.permissions import Permission
from accounts.views.shared import visit_of
from tenants.console.models import AdapterDraft
from tenants.core.models import Prefecture


def prefecture_of(prefecture_code: str) -> Prefecture:
    prefecture: Prefecture = get_object_or_404(Prefecture, code=prefecture_code)
    return prefecture


def draft_of(prefecture_code: str, version: int) -> AdapterDraft:
    drafts = AdapterDraft.objects.select_related("prefecture")
    return get_object_or_404(drafts, prefecture__code=prefecture_code, version=version)


def may(request: HttpRequest, permission: Permission) -> bool:
    """For leaving out what the person could not do anyway; the act's own page decides."""
    return permission in visit_of(request).permissions
