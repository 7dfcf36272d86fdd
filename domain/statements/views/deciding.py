"""決定: the second person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import may, page, require_permission, require_step_up
from accounts.errors import SamePerson
from accounts.models import User
from accounts.permissions import Permission
from domain.households.views.shared import user_of
from domain.statements import bulk
from domain.statements.deciding import APPROVAL, take_back
from domain.statements.queries import proposals, scope
from domain.statements.queries.jobs import shown_jobs
from domain.statements.queries.provisional import waiting as waiting_provisionally

OWN = "あなたが起案したものが含まれています。起案した本人は決定できません。別の承認者に依頼してください。"
REPLACED = (
    "画面を開いた後に、この決裁番号の調書が入れ替わったか、起案し直されました（件数は同じです）。まだ決定していません。"
    "「起案された調書を見る」で内容を確かめてください。"
)
NOT_APPROVER = "決定できるのは承認者です。"


@page(Permission.REVIEW_STATEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest) -> HttpResponse:
    """Documents that wait for a decision. It shows counts and no person's data."""
    if request.method == "POST":
        return _decide(request)
    user = user_of(request)
    approver = may(user, Permission.APPROVE_DECISION)
    documents = [
        (
            document,
            document.stale or _refusal(approver=approver, own=document.is_by(user)),
            {"document_number": document.document_number, "count": document.count, "newest": document.newest},
        )
        for document in proposals.proposals(user)
    ]
    context = {
        "documents": documents,
        "provisional": waiting_provisionally(user).count(),
        "jobs": shown_jobs(user, request.GET.get("job", "")),
        "may_take_back": approver or may(user, Permission.PROPOSE_DECISION),
    }
    return render(request, "statements/decide.html", context)


def _refusal(*, approver: bool, own: bool) -> str:
    if not approver:
        return NOT_APPROVER
    return OWN if own else ""


def _decide(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if request.POST.get("act") == "take_back":
        return _take_back(request, user)
    require_permission(user, Permission.APPROVE_DECISION)
    require_step_up(request)
    here = reverse("statements:decide")
    document = proposals.find_proposal(user, request.POST.get("document_number", ""))
    if document is None:
        messages.error(request, "この決裁番号の起案は、決定済みか、差し戻されています。")
        return redirect(here)
    if str(document.count) != request.POST.get("count"):
        messages.error(request, "画面を開いた後に件数が変わりました。まだ決定していません。内容を確かめてください。")
        return redirect(here)
    if str(document.newest) != request.POST.get("newest", str(document.newest)):
        messages.error(request, REPLACED)
        return redirect(here)
    if any(APPROVAL.refuses(first, user) for first in document.usernames):
        messages.error(request, str(SamePerson()))
        return redirect(here)
    if document.stale:
        messages.error(request, document.stale)
        return redirect(here)
    waiting = proposals.waiting(user, Permission.APPROVE_DECISION).filter(document_number=document.document_number)
    ids = list(waiting.order_by("statement").values_list("statement", flat=True))
    job = bulk.start_approving(scope.working_year(), ids, document.document_number, document.newest)
    return redirect(f"{here}?job={job.pk}")


def _take_back(request: HttpRequest, user: User) -> HttpResponse:
    """取り下げる: a document that nobody may decide any more; who may propose or decide may do it."""
    allowed_by = Permission.PROPOSE_DECISION if may(user, Permission.PROPOSE_DECISION) else Permission.APPROVE_DECISION
    require_permission(user, allowed_by)
    require_step_up(request)
    number = request.POST.get("document_number", "")
    here = "statements:review" if request.POST.get("back_to") == "review" else "statements:decide"
    document = proposals.find_proposal(user, number)
    if document is None or not document.stale:
        messages.error(request, "取り下げる起案がありません。画面を開き直して確かめてください。")
        return redirect(here)
    waiting = proposals.waiting(user, allowed_by).filter(document_number=number).values_list("statement", flat=True)
    count = take_back(list(waiting), user, number)
    messages.success(request, f"{number}の起案を取り下げました（{count:,}件）。審査のページで起案し直せます。")
    return redirect(here)
