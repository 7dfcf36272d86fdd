"""宛名の状態: who stands where on the way to 照会可, what is still to be told, and one person's history."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import page
from accounts.permissions import Permission
from audit.trail.recorder import Subject, record_access
from audit.trail.screening import NumberInTrail
from audit.trail.vocabulary import Event
from domain.households.views.shared import whole_prefecture
from domain.linkage.errors import LinkageError, PersonRefused
from domain.linkage.exchange.adapters import settings_in_force
from domain.linkage.forms import ByHandForm
from domain.linkage.models import Registration
from domain.linkage.persons import by_hand, queries
from domain.linkage.persons.states import NEXT, State
from domain.linkage.waiting import left_behind, overdue_batches
from integrations.atena_adapters.config import Workflow
from web.components import Chip, Column
from web.tables import with_parameter

ROWS = 50
COLUMNS = [
    Column("世帯番号"), Column("氏名"), Column("状態"), Column("いつから"), Column("理由"), Column("次にすること"),
]  # fmt: skip
NO_CODE = "この接続では符号の確認をしません。付番済で照会できます。"
_P = Permission.RUN_LINKAGE


@page(_P)
@whole_prefecture(_P)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by state or by what is still to be told."""
    titles, counts = queries.titles(), queries.counts()
    chosen = request.GET.get("state", queries.EVERYBODY)
    chosen = chosen if chosen in titles else queries.EVERYBODY
    listed = Paginator(queries.people(chosen), ROWS).get_page(request.GET.get("page"))
    record_access(
        Event.READ_LIST_SHOWN,
        subjects=[Subject("member", str(one.member_id)) for one in listed],
        detail={"list": "linkage:people", "state": chosen, "page": listed.number},
        allowed_by=_P.value,
    )
    link = _link()
    context = {
        "page": listed,
        "rows": [(one, next_step(one, link)) for one in listed],
        "columns": COLUMNS,
        "chips": [
            Chip(title, with_parameter(request.GET, "state", name), counts[name], chosen=name == chosen)
            for name, title in titles.items()
            if counts[name] or name in (chosen, queries.EVERYBODY)
        ],
        "counts": counts,
        "waiting": queries.waiting_for_code(),
        "link": link,
    }
    return render(request, "linkage/people.html", context)


@page(_P)
@whole_prefecture(_P)
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, member_id: int) -> HttpResponse:
    """One person: state, what happens next, what is still to be told, and all that was."""
    shown = get_object_or_404(Registration.objects.select_related("member__household"), member=member_id)
    form = ByHandForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _recorded(request, shown, form):
        return redirect("linkage:person", member_id)
    record_access(Event.READ_LINKAGE_SHOWN, subjects=[Subject("member", str(shown.member_id))], allowed_by=_P.value)
    link = _link()
    theirs = Q(registrations=shown) | Q(person_lines__registration=shown)
    context = {
        "person": shown,
        "next": next_step(shown, link),
        "due": by_hand.due_of(shown),
        "link": link,
        "overdue": overdue_batches().filter(theirs).first(),
        "moved": left_behind().filter(theirs).first(),
        "steps": shown.steps.all(),
        "lines": shown.person_lines.select_related("batch").order_by("-pk")[:ROWS],
        "form": form,
    }
    return render(request, "linkage/person.html", context)


@page(_P)
@whole_prefecture(_P)
@require_POST
def try_again(request: HttpRequest, member_id: int) -> HttpResponse:
    """Let a refused line go out with the next run."""
    shown = get_object_or_404(Registration, member=member_id)
    try:
        by_hand.try_again(shown)
        messages.success(request, "次の「異動・廃止を送る」で、もう一度送ります。")
    except PersonRefused as error:
        messages.error(request, str(error))
    return redirect("linkage:person", member_id)


def next_step(shown: Registration, link: Workflow | None) -> str:
    """What happens next, under the link that is in force."""
    if shown.state in (State.REGISTERED, State.ACQUIRING) and link is not None and not link.checks_linkage:
        return NO_CODE
    if shown.state == State.NUMBER_CHANGED and link is not None and not link.updates:
        return "この接続では番号の変更を送れません。統合宛名の端末で変更し、この人の画面に記録してください。"
    return NEXT[State(shown.state)]


def _link() -> Workflow | None:
    try:
        return settings_in_force().workflow
    except LinkageError:
        return None


def _recorded(request: HttpRequest, shown: Registration, form: ByHandForm) -> bool:
    try:
        by_hand.record_by_hand(shown, form.cleaned_data["note"])
    except PersonRefused as error:
        form.add_error(None, str(error))
        return False
    except NumberInTrail:
        form.add_error("note", "番号らしい12桁の数字は書けません。変更した内容だけを入力してください。")
        return False
    messages.success(request, "手作業での変更を記録しました。")
    return True
