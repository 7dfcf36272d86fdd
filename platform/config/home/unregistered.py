"""宛名未登録: who has no 団体内統合宛名番号 yet, why, and where to go on."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import page
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from config.home import counts
from config.home.counts import WhyUnregistered
from config.home.links import place
from domain.households.views.shared import user_of

PER_PAGE = 50
NEXT = {
    WhyUnregistered.NO_NUMBER: "個人番号取扱者が、番号受入で個人番号を登録します。",
    WhyUnregistered.WAITING: "次の宛名登録の処理で登録されます。教委担当か個人番号取扱者が情報照会の画面から始めます。",
    WhyUnregistered.REJECTED: "統合宛名に断られました。氏名・生年月日・住所を世帯の画面で直し、もう一度登録します。",
    WhyUnregistered.DOUBTED: "同じ番号の人がいるため止めています。個人番号取扱者が「番号の重複」で確かめて処理します。",
}


@page(Permission.VIEW_HOUSEHOLD)
@require_safe
def unregistered(request: HttpRequest) -> HttpResponse:
    """The list behind the number on the home page."""
    user = user_of(request)
    members = counts.unregistered_people(user).select_related("household", "registration")
    found = Paginator(members.order_by("why", "household__number", "key"), PER_PAGE).get_page(request.GET.get("page"))
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=[Subject("member", str(one.pk)) for one in found],
        detail={"list": "unregistered", "count": len(found)},
        allowed_by=Permission.VIEW_HOUSEHOLD.value,
    )
    permissions: frozenset[Permission] = request.permissions  # type: ignore[attr-defined]  # set by the guard
    reasons = counts.unregistered(user)
    context = {
        "page": found,
        "reasons": [(why.value, reasons[why.value], NEXT[why]) for why in WhyUnregistered if why.value in reasons],
        "numbers_url": place("vault:deposits") if Permission.IMPORT_NUMBERS in permissions else "",
        "linkage_url": place("linkage:overview") if Permission.RUN_LINKAGE in permissions else "",
    }
    return render(request, "config/unregistered.html", context)
