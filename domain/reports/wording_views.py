"""Pages of 文面: the versions, proposing one, approving it as the second person, taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import may, page, require_step_up
from accounts.errors import AccountError
from accounts.permissions import Permission
from domain.households.views.shared import user_of, whole_prefecture
from domain.reports import board_words
from domain.reports.board_words import Words
from domain.reports.errors import ReportError
from domain.reports.forms import WordingForm
from domain.reports.models import NoticeWording

OWN = "あなたが提案した文面です。提案した本人は承認できません。別の承認者に依頼してください。"


@page(Permission.DOWNLOAD_FILE)
@require_safe
def wordings(request: HttpRequest) -> HttpResponse:
    """Every version with what it says; the words are printed on every notice, so whoever may print may read them."""
    holds = board_words.holding(board_words.approved_versions(), timezone.localdate())
    context = {
        "versions": NoticeWording.objects.all(),
        "holds": holds,
        "waiting": NoticeWording.objects.filter(state=NoticeWording.State.PROPOSED).first(),
        "may_edit": may(user_of(request), Permission.EDIT_WORDING),
        "may_approve": may(user_of(request), Permission.APPROVE_WORDING),
    }
    return render(request, "reports/wordings.html", context)


@page(Permission.EDIT_WORDING)
@whole_prefecture(Permission.EDIT_WORDING)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """A new version, beginning with what the newest says."""
    form = WordingForm(request.POST or None, initial=_newest())
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        day = said.pop("starts_on")
        try:
            board_words.propose(Words(**said), day, user_of(request))
        except ReportError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "文面を提案しました。別の承認者が承認すると、その日から印字されます。")
            return redirect("reports:wordings")
    return render(request, "reports/wording_new.html", {"form": form}, status=422 if form.errors else 200)


@page(Permission.APPROVE_WORDING)
@whole_prefecture(Permission.APPROVE_WORDING)
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, wording_id: int) -> HttpResponse:
    """The second person reads the words, and approves."""
    require_step_up(request)
    row = get_object_or_404(NoticeWording, pk=wording_id)
    if row.state != NoticeWording.State.PROPOSED:
        return redirect("reports:wordings")
    if request.method == "POST":
        try:
            board_words.approve(row, user_of(request))
        except (ReportError, AccountError) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "文面を承認しました。")
        return redirect("reports:wordings")
    refusal = board_words.APPROVAL.why_stale(row.proposed_by, row.proposed_at)
    if not refusal and row.proposed_by == user_of(request).username:
        refusal = OWN
    return render(request, "reports/wording_approve.html", {"version": row, "refusal": refusal})


@page(Permission.EDIT_WORDING)
@whole_prefecture(Permission.EDIT_WORDING)
@require_POST
def withdraw(request: HttpRequest, wording_id: int) -> HttpResponse:
    """取り下げる."""
    try:
        board_words.withdraw(get_object_or_404(NoticeWording, pk=wording_id))
    except ReportError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "文面の提案を取り下げました。")
    return redirect("reports:wordings")


def _newest() -> dict[str, object]:
    row = NoticeWording.objects.filter(state=NoticeWording.State.APPROVED).first()
    fields = ("instruction", "contact", "sender", "seal_omitted")
    return {name: getattr(row, name) for name in fields} if row else {}
