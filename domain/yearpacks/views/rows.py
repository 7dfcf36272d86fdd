"""The rows of a draft: what is lacking, unconfirmed or filled, and the form of each."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import page
from accounts.permissions import Permission
from domain.households.views.shared import user_of, whole_prefecture
from domain.yearpacks import changing, drafting, queries
from domain.yearpacks.ages import age_in_use, age_row, said
from domain.yearpacks.errors import NoLongerDraft, YearpackError
from domain.yearpacks.filling import Unreadable
from domain.yearpacks.forms import AcceptForm
from domain.yearpacks.lacking import AGE, KINDS, SECTIONS, Row
from domain.yearpacks.models import Revision
from domain.yearpacks.own import own_rows
from domain.yearpacks.resolving import draft_pack
from domain.yearpacks.row_forms import form_of, reading_of
from domain.yearpacks.unconfirmed import Unconfirmed
from domain.yearpacks.views.standstill import Standstill, standstill
from domain.yearpacks.wording import state_text
from web.components import Chip
from web.tables import with_parameter

PER_PAGE = 50
UNCONFIRMED = "unconfirmed"
AGAIN = "これに置き換えるときは、もう一度保存してください。"
NONE_TITLE = ("この種類の値は、すべてそろっています", "未確認の値はありません")


@page(Permission.VIEW_YEARPACK)
@whole_prefecture(Permission.VIEW_YEARPACK)
@require_safe
def rows(request: HttpRequest, revision_id: int) -> HttpResponse:
    """Lacking rows by kind, and the unconfirmed ones."""
    revision = queries.find_revision(revision_id)
    pack = draft_pack(revision)
    lacking, unconfirmed = changing.lacking_of(pack), changing.unconfirmed_of(pack)
    own = sum(1 for _ in own_rows(pack, revision.content))
    kind = request.GET.get("kind", "")
    shown: Sequence[Unconfirmed | Row] = unconfirmed
    if kind != UNCONFIRMED:
        shown = [age_row()] if kind == AGE else [row for row in lacking if kind in ("", row.section)]
    counts = {section: sum(row.section == section for row in lacking) for section in SECTIONS}
    names = [("", "値のないものすべて", len(lacking)), *((key, word, counts[key]) for key, word in SECTIONS.items())]
    names += [(AGE, KINDS[AGE], 1), (UNCONFIRMED, "未確認の値", len(unconfirmed))]
    chips = [Chip(word, with_parameter(request.GET, "kind", key), n, chosen=key == kind) for key, word, n in names]
    context = {
        "revision": revision,
        "chips": chips,
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "kind": kind,
        "age": age_in_use(pack),
        "stands": state_text(own, len(revision.content.get("accepted", [])), len(lacking), len(unconfirmed)),
        "none_title": NONE_TITLE[kind == UNCONFIRMED],
        "none_text": "ほかの種類を選ぶか、入力が済んだら版の画面で承認を求めてください。",
        "is_draft": revision.state == Revision.State.DRAFT,
    }
    return render(request, "yearpacks/rows.html", context)


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: HttpRequest, revision_id: int, row_id: str) -> HttpResponse:
    """Fill an absent row, or change an own one; then the next absent row of the same kind."""
    return filled(request, queries.find_revision(revision_id), row_id)


def filled(request: HttpRequest, revision: Revision, row_id: str) -> HttpResponse:
    """The form of a row, or what was typed into it; where that cannot go in any more it is shown again, to go on with."""
    pack = draft_pack(revision)
    found = changing.row_of(revision, row_id)
    title = f"{found[0].kind}　{found[0].title}　{found[0].where}" if found else "選んだ値"
    stands = Standstill(revision, "row", row_id, title, pack.ledgers)
    if revision.state != Revision.State.DRAFT:
        return standstill(request, stands, drafting.what_happened(revision))
    if found is None:
        return _done_already(request, stands, "この値は、もう入っています。")
    row, own = found
    form = form_of(row, own, pack, request.POST or None)
    stood = f"{own.text}（出典: {own.source}）" if own else ""
    if request.method == "POST" and request.POST.get("stood", stood) != stood:
        form.add_error(None, f"{_changed_meanwhile(stood)}あなたの入力は、まだ反映していません。{AGAIN}")
    elif request.method == "POST" and form.is_valid():
        try:
            taken, values, basis = reading_of(row, form)
            changing.fill_row(revision, taken, values, basis, user_of(request))
        except Unreadable as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except NoLongerDraft as error:
            return standstill(request, stands, str(error))
        except YearpackError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{row.kind}「{row.title}　{row.where}」を入力しました。")
            return _next(revision, row.section)
    now = said(age_in_use(pack)) if row.section == AGE else ""
    context = {"revision": revision, "row": row, "own": own, "form": form, "pack": pack, "now": now}
    return render(request, "yearpacks/row.html", context | {"stood": stood})


def _changed_meanwhile(stood: str) -> str:
    did = f"「{stood}」と入力しました" if stood else "除きました"
    return f"あなたが入力している間に、ほかの人がこの値を{did}。"


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_POST
def remove(request: HttpRequest, revision_id: int, row_id: str) -> HttpResponse:
    """Take an own row out of the draft."""
    revision = queries.find_revision(revision_id)
    found = changing.row_of(revision, row_id)
    try:
        if found is not None and found[1] is not None:
            changing.remove_row(revision, found[1], user_of(request))
            messages.success(request, f"「{found[0].title}　{found[0].where}」を改訂から除きました。")
    except YearpackError as error:
        messages.error(request, str(error))
    return redirect("yearpacks:revision", revision.pk)


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, revision_id: int) -> HttpResponse:
    """採用: an unconfirmed row (?row=) becomes the board's own word, with a reason."""
    return accepted(request, queries.find_revision(revision_id), request.GET.get("row", ""))


def accepted(request: HttpRequest, revision: Revision, name: str) -> HttpResponse:
    """As `filled`, for taking an unconfirmed row as one's own."""
    row = changing.unconfirmed_row(revision, name)
    stands = Standstill(revision, "accept", name, f"未確認の値の採用　{row.title if row else name}", ())
    if revision.state != Revision.State.DRAFT:
        return standstill(request, stands, drafting.what_happened(revision))
    if row is None:
        return _done_already(request, stands, "この値は、もう未確認ではありません。")
    form = AcceptForm(request.POST or None)
    family = changing.family_of(revision, row)
    if request.method == "POST" and form.is_valid():
        names = family if form.cleaned_data["together"] else [row.name]
        try:
            changing.accept_rows(revision, names, form.cleaned_data["reason"], user_of(request))
        except NoLongerDraft as error:
            return standstill(request, stands, str(error))
        except YearpackError as error:
            form.add_error(None, str(error))
        else:
            more = f" ほか{len(names) - 1}件" if len(names) > 1 else ""
            messages.success(request, f"「{row.title}」{more}を団体の値として採用しました。")
            return _next(revision, UNCONFIRMED)
    return render(request, "yearpacks/accept.html", {"revision": revision, "row": row, "form": form, "family": family})


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_POST
def carry(request: HttpRequest, revision_id: int) -> HttpResponse:
    """What was typed for a revision that takes nothing any more, into another draft or a new one with its content."""
    revision = queries.find_revision(revision_id)
    target = _carried_into(request, revision, request.POST.get("into", ""))
    if "accept" in request.POST:
        return accepted(request, target, request.POST["accept"])
    return filled(request, target, request.POST.get("row", ""))


@page(Permission.EDIT_YEARPACK)
@whole_prefecture(Permission.EDIT_YEARPACK)
@require_POST
def take_back(request: HttpRequest, revision_id: int) -> HttpResponse:
    """採用の取消し."""
    revision = queries.find_revision(revision_id)
    try:
        changing.take_back_acceptance(revision, request.POST.get("row", ""), user_of(request))
    except YearpackError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "採用を取り消しました。この行はまた未確認です。")
    return redirect("yearpacks:revision", revision.pk)


def _carried_into(request: HttpRequest, revision: Revision, into: str) -> Revision:
    """The draft that was chosen, a new one, or the revision itself where neither can be."""
    if into != "new":
        return queries.find_revision(int(into) if into.isdecimal() else revision.pk)
    year, base, shipped = revision.fiscal_year, revision.base, revision.shipped
    try:
        made = drafting.open_draft(year, base, shipped, user_of(request), copy_of=revision)
    except YearpackError as error:
        messages.error(request, str(error))
        return revision
    messages.success(request, f"{revision.label}の内容を写して、{made.label}を作りました。")
    return made


def _done_already(request: HttpRequest, stands: Standstill, words: str) -> HttpResponse:
    """The row is not to fill any more in the draft: a colleague was faster, or the address is an old one."""
    if request.method == "POST":
        return standstill(request, stands, f"{words}{stands.revision.label}を開いて、いまの値を確かめてください。")
    messages.info(request, words)
    return redirect("yearpacks:rows", stands.revision.pk)


def _next(revision: Revision, kind: str) -> HttpResponse:
    response = redirect("yearpacks:rows", revision.pk)
    response["Location"] += f"?kind={kind}"
    return response
