"""証明書と回答: both sources of one member's income side by side, and which of them counts."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import page
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.households.views.shared import user_of
from domain.statements import services
from domain.statements.choosing import ChoiceRefused, Pair, pair_of
from domain.statements.forms import ChoiceForm, column_title
from domain.statements.models import FactsChoice, Statement
from domain.statements.queries import scope
from domain.statements.reading import AMOUNTS
from domain.statements.states import AT_SCHOOL
from domain.statements.views.detail import compute_now
from domain.statements.views.shared import place, subjects

_ALLOWED = Permission.EDIT_STATEMENT
CHANGED = (
    "あなたが画面を開いた後に、証明書か回答の値、または算定に使う所得が変わりました。まだ記録していません。"
    "いまの値を確かめて、もう一度記録してください。"
)


@page(Permission.EDIT_STATEMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, statement_id: int, member_id: int) -> HttpResponse:
    """The two side by side; choosing computes at once."""
    statement = scope.find_statement(user_of(request), statement_id, _ALLOWED)
    member = get_object_or_404(Member, pk=member_id, household=statement.household_id)
    form = ChoiceForm(request.POST or None)
    shown = _stamp(pair_of(statement, member))
    if request.method == "POST" and request.POST.get("seen", shown) != shown:
        form.add_error(None, CHANGED)
    elif request.method == "POST" and form.is_valid():
        try:
            services.choose(statement, member, form.cleaned_data["stands"], form.cleaned_data["reason"])
        except ChoiceRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "算定に使う所得を記録しました。")
            compute_now(request, statement)
            return redirect("statements:detail", statement.pk)
    return _show(request, statement, member, form)


def _show(request: HttpRequest, statement: Statement, member: Member, form: ChoiceForm) -> HttpResponse:
    about = (*subjects([statement.pk]), Subject("member", str(member.pk)))
    record_access(Event.READ_STATEMENT_SHOWN, subjects=about, detail={"page": "source"}, allowed_by=_ALLOWED.value)
    pair = pair_of(statement, member)
    context = {
        "statement": statement,
        "member": member,
        "form": form,
        "pair": pair,
        "seen": _stamp(pair),
        "standing": FactsChoice.Stands(pair.standing).label if pair.standing else "",
        "rows": _rows(pair),
        "entered_at": _moment(pair.certificate),
        "answered_at": _moment(pair.answer),
        "may_choose": statement.state in AT_SCHOOL and (pair.certificate is not None or not pair.answer_refusal),
        "history": [
            (one, _total(one.certificate), _total(one.answer))
            for one in FactsChoice.objects.filter(statement=statement, member=member).order_by("-pk")
        ],
        "review_url": place("linkage:review", pair.inquiry.pk) if pair.inquiry is not None else "",
    }
    return render(request, "statements/source.html", context, status=422 if form.errors else 200)


def _stamp(pair: Pair) -> str:
    """Says whether both sides, and which of them counts, are still what a page showed."""
    told = (pair.certificate and pair.certificate["amounts"], pair.answer and pair.answer["amounts"], pair.standing)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def _rows(pair: Pair) -> list[tuple[str, int | None, int | None, bool]]:
    """Title, both amounts, and whether they differ for the computation (an amount that is not given counts as none)."""
    found = []
    for column in AMOUNTS:
        ours, theirs = (None if side is None else side["amounts"][column] for side in (pair.certificate, pair.answer))
        both = pair.certificate is not None and pair.answer is not None
        found.append((column_title(column), ours, theirs, both and (ours or 0) != (theirs or 0)))
    return found


def _total(side: dict[str, Any] | None) -> int | None:
    total: int | None = None if side is None else side["amounts"]["total_income"]
    return total


def _moment(side: dict[str, Any] | None) -> datetime | None:
    return datetime.fromisoformat(side["at"]) if side and side["at"] else None
