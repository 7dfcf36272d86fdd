"""審査 by exception, and 決定伺い."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import may, page
from accounts.permissions import Permission
from audit.trail.recorder import Entry, record_access, record_many
from audit.trail.vocabulary import Event
from domain.households.views.shared import user_of
from domain.statements import bulk, services
from domain.statements.forms import ProposalForm
from domain.statements.queries import review as queries
from domain.statements.queries import scope
from domain.statements.queries.jobs import shown_jobs
from domain.statements.queries.proposals import stale_proposals, waiting
from domain.statements.queries.review import Tab
from domain.statements.queries.seen import Changed, digest_of, moment, stamp
from domain.statements.views import samples
from domain.statements.views.shared import subjects
from web.components import Chip

PER_PAGE = 50
STALE = "画面を開いた後に、調書か区分が変わりました。まだ起案していません。変わったところを確かめて、もう一度起案してください。"
EXPLANATIONS = {
    Tab.CHANGED: "前年度に決定した支弁区分と、今年度の算定が違う世帯です。",
    Tab.MOVED: "収入額が、前年度の決定のときより3割以上増えた、または減った世帯です。",
    Tab.RESIDENT: "住民票の照会の回答が、登録した氏名・生年月日・住所と合わない世帯です。",
    Tab.OPEN: "法令・公表資料で確かめられない値（推計・団体設定・未確認）を使って算定した世帯です。",
    Tab.CLEAR: "どの理由にも当たらない世帯です。抽出した調書を開いて確かめると、まとめて起案できます。",
}


@page(Permission.REVIEW_STATEMENT)
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    return _show(request, ProposalForm(scope.working_year()), request.GET.get("tab", ""))


def _show(
    request: HttpRequest, form: ProposalForm, asked: str, status: int = 200, changed: Sequence[Changed] = ()
) -> HttpResponse:
    user = user_of(request)
    found = queries.under_review(user)
    counts = queries.counts(found)
    tab = _tab(asked, counts)
    of_tab = queries.of_tab(found, tab)
    shown = Paginator(of_tab, PER_PAGE).get_page(request.GET.get("page"))
    seen = subjects({*(case.pk for case in shown), *(row.pk for row in changed)})
    detail = {"list": "review", "tab": tab.value, "count": len(seen)}
    record_access(Event.READ_LIST_SHOWN, subjects=seen, detail=detail, allowed_by=Permission.REVIEW_STATEMENT.value)
    opened = samples.opened(request)
    context = {
        "form": form,
        "tab": tab,
        "explanation": EXPLANATIONS[tab],
        "chips": _chips(counts, tab),
        "page": shown,
        "rows": [(case, case.pk in opened) for case in shown],
        "count": counts[tab],
        "shown": stamp(case.shown for case in of_tab),
        "changed": changed,
        "jobs": shown_jobs(user, request.GET.get("job", "")),
        "chosen": set(request.POST.getlist("statement")) if request.method == "POST" else set(),
        "may_propose": (may_propose := may(user, Permission.PROPOSE_DECISION)),
        "stale": stale_proposals(user) if may_propose else [],
        "may_approve": may(user, Permission.APPROVE_DECISION),
        **(_sample(request, of_tab) if tab is Tab.CLEAR else {}),
    }
    return render(request, "statements/review.html", context, status=status)


def _tab(asked: str, counts: dict[Tab, int]) -> Tab:
    """The tab asked for, else the first that holds something."""
    if asked in {tab.value for tab in Tab}:
        return Tab(asked)
    return next((tab for tab in Tab if counts[tab]), Tab.CLEAR)


def _chips(counts: dict[Tab, int], chosen: Tab) -> list[Chip]:
    here = reverse("statements:review")
    return [Chip(tab.label, f"{here}?tab={tab.value}", counts[tab], tab is chosen) for tab in Tab]


def _sample(request: HttpRequest, of_tab: Sequence[queries.Case]) -> dict[str, Any]:
    """Which of the tab this person has opened, and how many more it takes."""
    opened = samples.opened(request)
    sample = [(case.pk, case.number) for case in of_tab if case.pk in opened]
    return {"sample": sample, "sample_needed": samples.still_needed(len(sample), len(of_tab))}


@page(Permission.PROPOSE_DECISION)
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """決定を起案する: the chosen rows, or all of a tab."""
    form = ProposalForm(scope.working_year(), request.POST)
    asked = request.POST.get("tab", "")
    if asked not in {tab.value for tab in Tab}:
        return redirect("statements:review")
    whole = request.POST.get("scope") == "all"
    found = _chosen(request, Tab(asked), whole=whole)
    ids = [case.pk for case in found]
    refusal = _refusal(request, Tab(asked), ids, whole=whole)
    changed: list[Changed] = []
    if form.is_valid() and (stale := _of_stale_document(request, form.cleaned_data["document_number"])):
        form.add_error("document_number", stale)
    if not refusal and _is_stale(request, found, whole=whole):
        refusal = STALE
    if refusal:
        form.add_error(None, refusal)
        changed = queries.changed_since(user_of(request), moment(request.POST.get("seen_at", "")))
    if not form.is_valid():
        return _show(request, form, asked, 422, changed)
    here = f"{reverse('statements:review')}?tab={asked}"
    number, day = form.cleaned_data["document_number"], form.cleaned_data["effective_from"]
    _say_joined(request, number)
    with transaction.atomic():
        _note_sample(request, Tab(asked), ids, number)
        if whole:
            job = bulk.start_proposing(ids, number, day)
            return redirect(f"{here}&job={job.pk}")
        made = services.propose(ids, user_of(request), number, day)
    messages.success(request, f"{made}件の決定を起案しました（{number}）。承認者の決定を待っています。")
    return redirect(here)


def _of_stale_document(request: HttpRequest, number: str) -> str:
    """Why nothing may join the document of this number; "" where somebody may still decide it, or there is none."""
    if number not in {document.document_number for document in stale_proposals(user_of(request))}:
        return ""
    return "この決裁番号の決定伺いは、もう決定できません。上の「起案を取り下げる」で取り下げるか、別の番号で起案してください。"


def _say_joined(request: HttpRequest, number: str) -> None:
    """One 決裁番号 is one document: what it holds already is decided together with what is proposed now."""
    joined = waiting(user_of(request)).filter(document_number=number).count()
    if joined:
        text = f"決裁番号「{number}」には、決定を待つ起案がすでに{joined:,}件あります。今回の起案とあわせて1つの決定伺いになります。"
        messages.warning(request, f"{text}別の決裁にするときは、調書を差し戻し、別の番号で起案し直してください。")


def _chosen(request: HttpRequest, tab: Tab, *, whole: bool) -> list[queries.Case]:
    """Of those that are under this tab now and the person may propose."""
    found = queries.of_tab(queries.under_review(user_of(request)), tab)
    if not whole:
        ticked = set(request.POST.getlist("statement"))
        found = [case for case in found if str(case.pk) in ticked]
    return sorted(found, key=lambda case: case.pk)


def _is_stale(request: HttpRequest, found: Sequence[queries.Case], *, whole: bool) -> bool:
    """Whether one of them stands on another computation than the page showed, or another 調書 has come or gone."""
    if whole:
        now = digest_of(case.shown for case in found)
        return request.POST.get("seen", now) != now
    return any(request.POST.get(f"run{case.pk}", str(case.run)) != str(case.run) for case in found)


def _refusal(request: HttpRequest, tab: Tab, ids: Sequence[int], *, whole: bool) -> str:
    if not ids:
        return "起案する調書を選んでください。"
    seen = request.POST.get("count", "")
    if whole and seen != str(len(ids)):
        return (
            f"画面を開いた後に件数が変わりました（{seen}件→{len(ids)}件）。内容を確かめて、もう一度起案してください。"
        )
    missing = samples.still_needed(len(samples.sample_of(request, ids)), len(ids)) if tab is Tab.CLEAR else 0
    if missing:
        return f"異常なしの調書は、抽出した{samples.NEEDED}件以上を開いて確かめてから起案できます（あと{missing}件）。"
    return ""


def _note_sample(request: HttpRequest, tab: Tab, ids: Sequence[int], number: str) -> None:
    """抽出確認: which ones this person had opened before proposing."""
    if tab is not Tab.CLEAR:
        return
    allowed_by = Permission.PROPOSE_DECISION.value
    record_many(
        Entry(Event.STATEMENT_RECORD_REVIEWED, subjects([pk]), {"sample": True, "document": number}, allowed_by)
        for pk in samples.sample_of(request, ids)
    )
