"""仮決定: for households whose facts are late. One officer proposes, an approver decides, on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import may, page, require_permission, require_step_up
from accounts.errors import SamePerson
from accounts.models import User
from accounts.permissions import Permission
from audit.trail.entries import JSON
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event
from domain.households.views.shared import user_of
from domain.rules import RulesError
from domain.rules.yearpack.model import SpecialAction, SpecialCase, SpecialRule
from domain.statements import bulk
from domain.statements.figures import FiguresNotChosen, figures_of
from domain.statements.forms import ProposalForm
from domain.statements.presentation import standing, states
from domain.statements.provisional import APPROVAL
from domain.statements.queries import provisional as queries
from domain.statements.queries import scope
from domain.statements.queries.jobs import shown_jobs
from domain.statements.queries.seen import digest_of
from domain.statements.views.deciding import NOT_APPROVER, OWN, REPLACED
from domain.statements.views.shared import subjects
from web.components import Chip
from web.dates import to_wareki

PER_PAGE = 50
NO_RULE = "年度の定義に「仮区分」の定めがありません。教育委員会の設定として登録すると、仮決定を起案できます。"


@page(Permission.REVIEW_STATEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def provisional(request: HttpRequest) -> HttpResponse:
    """Who is late, what the rule says for them, and what waits for a decision."""
    form = ProposalForm(scope.working_year(), request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _show(request, form)
    user = user_of(request)
    require_permission(user, Permission.PROPOSE_DECISION)
    ids = _chosen(request, user)
    refusal = _refusal(request, ids)
    if refusal:
        form.add_error(None, refusal)
    if not form.is_valid():
        return _show(request, form, status=422)
    number, day = form.cleaned_data["document_number"], form.cleaned_data["effective_from"]
    job = bulk.start_proposing_provisional(scope.working_year(), ids, number, day)
    return redirect(f"{reverse('statements:provisional')}?job={job.pk}")


def _show(request: HttpRequest, form: ProposalForm, status: int = 200) -> HttpResponse:
    user = user_of(request)
    school = request.GET.get("school", "")[:20]
    found = queries.late(user, school)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    seen = subjects(row.pk for row in shown)
    detail: dict[str, JSON] = {"list": "provisional", "count": len(seen)}
    record_access(Event.READ_LIST_SHOWN, subjects=seen, detail=detail, allowed_by=Permission.REVIEW_STATEMENT.value)
    rule, rule_text = _rule()
    context = {
        "form": form,
        "page": shown,
        "rows": [(row, states.tone(row.state)) for row in shown],
        "count": shown.paginator.count,
        "shown": digest_of(found.values_list("pk")),
        "school": school,
        "chips": _chips(user, school),
        "rule": rule_text,
        "rule_known": rule is not None,
        "documents": _documents(user),
        "jobs": shown_jobs(user, request.GET.get("job", "")),
        "may_propose": may(user, Permission.PROPOSE_DECISION),
    }
    return render(request, "statements/provisional.html", context, status=status)


def _rule() -> tuple[SpecialRule | None, str]:
    """The pack's row for 仮区分, and what it says."""
    try:
        rule = figures_of(scope.working_year()).load().special.get(SpecialCase.PROVISIONAL)
    except (FiguresNotChosen, RulesError) as error:
        return None, str(error)
    if rule is None:
        return None, NO_RULE
    says = {
        SpecialAction.NO_PAYMENT: "決定するまで支給しません",
        SpecialAction.JUDGE: "分かっている所得で、ふつうに判定します（所得が足りない世帯は起案できません）",
        SpecialAction.CATEGORY: f"支弁区分{'ⅠⅡⅢ'[rule.category - 1] if rule.category else ''}として扱います",
    }
    return rule, f"{says[rule.action]}（年度の定義、{standing.label(rule.origin.standing.value)}）"


def _chips(user: User, chosen: str) -> list[Chip]:
    here = reverse("statements:provisional")
    schools = scope.schools_of(user, Permission.REVIEW_STATEMENT)
    of_schools = [Chip(one.name, f"{here}?school={one.code}", chosen=one.code == chosen) for one in schools]
    return [Chip("すべての学校", here, chosen=not chosen), *of_schools] if len(of_schools) > 1 else []


def _documents(user: User) -> list[tuple[queries.Document, str, str, dict[str, Any]]]:
    """Document, what follows, why this person may not decide it ("" = may), what the form sends."""
    approver = may(user, Permission.APPROVE_DECISION)
    return [
        (
            one,
            f"{one.count:,}世帯を{to_wareki(one.effective_from)}から仮の支弁区分にします。所得などがそろって決定すると、"
            "同じ日から決定した区分に替わり、支給済みとの差を追給・戻入にします。",
            one.stale or (NOT_APPROVER if not approver else OWN if user.username in one.usernames else ""),
            {"document_number": one.document_number, "count": one.count, "newest": one.newest},
        )
        for one in queries.documents(user)
    ]


def _chosen(request: HttpRequest, user: User) -> list[int]:
    """The rows that were ticked, or all of the school; of those that are late now."""
    found = set(queries.late(user, request.POST.get("school", "")[:20]).values_list("pk", flat=True))
    if request.POST.get("scope") != "all":
        found &= {int(pk) for pk in request.POST.getlist("statement") if pk.isascii() and pk.isdigit()}
    return sorted(found)


def _refusal(request: HttpRequest, ids: list[int]) -> str:
    rule, text = _rule()
    if rule is None:
        return text
    if not ids:
        return "仮決定を起案する調書を選んでください。"
    seen = request.POST.get("count", "")
    if request.POST.get("scope") != "all":
        return ""
    now = digest_of((pk,) for pk in ids)
    if seen == str(len(ids)) and request.POST.get("seen", now) != now:
        return "画面を開いた後に、調書が入れ替わりました（件数は同じです）。内容を確かめて、もう一度起案してください。"
    if seen != str(len(ids)):
        return (
            f"画面を開いた後に件数が変わりました（{seen}件→{len(ids)}件）。内容を確かめて、もう一度起案してください。"
        )
    return ""


@page(Permission.REVIEW_STATEMENT)
@require_POST
def decide_provisional(request: HttpRequest) -> HttpResponse:
    """仮決定する: the second person."""
    user = user_of(request)
    require_permission(user, Permission.APPROVE_DECISION)
    require_step_up(request)
    here = reverse("statements:provisional")
    number = request.POST.get("document_number", "")
    document = next((one for one in queries.documents(user) if one.document_number == number), None)
    if document is None:
        messages.error(request, "この決裁番号の仮決定の起案は、決定済みか、取り下げられています。")
    elif str(document.count) != request.POST.get("count"):
        messages.error(request, "画面を開いた後に件数が変わりました。まだ決定していません。内容を確かめてください。")
    elif str(document.newest) != request.POST.get("newest", str(document.newest)):
        messages.error(request, REPLACED)
    elif any(APPROVAL.refuses(first, user) for first in document.usernames):
        messages.error(request, str(SamePerson()))
    elif document.stale:
        messages.error(request, document.stale)
    else:
        rows = queries.waiting(user).filter(document_number=number).order_by("statement")
        ids = list(rows.values_list("statement", flat=True))
        job = bulk.start_approving_provisional(scope.working_year(), ids, number, document.newest)
        return redirect(f"{here}?job={job.pk}")
    return redirect(here)
