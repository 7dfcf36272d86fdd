"""おとりの世帯: placed by the 情報セキュリティ管理者, taken away when a second person agrees, known to nobody else."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import page, require_step_up
from accounts.permissions import Permission
from accounts.views.shared import show
from audit.detection.errors import CanaryWaiting
from audit.trail.recorder import record_access
from audit.trail.vocabulary import Event
from domain.households import canaries as services
from domain.households.forms import CanaryForm
from domain.households.models import CanaryHousehold
from domain.households.views.shared import user_of


@page(Permission.JUDGE_ALERT)
@require_http_methods(["GET", "HEAD", "POST"])
def canaries(request: HttpRequest) -> HttpResponse:
    form = CanaryForm(user_of(request), request.POST or None)
    if request.method == "POST":
        require_step_up(request)
        if form.is_valid():
            services.place(form.cleaned_data["school"], user_of(request))
            messages.success(request, "おとりの世帯を置きました。だれかが開くと警報になります。")
            return redirect("households:canaries")
    # Without their ids: whoever reads the trail does not learn which households are decoys.
    detail = {"一覧": "おとりの世帯"}
    record_access(Event.READ_LIST_SHOWN, detail=detail, allowed_by=Permission.JUDGE_ALERT.value)
    placed = CanaryHousehold.objects.select_related("school").order_by("pk")
    waiting = services.waiting()
    context = {"form": form, "placed": [(one, waiting.get(one.pk)) for one in placed]}
    return show(request, "households/canaries.html", context, status=422 if form.errors else 200)


@page(Permission.JUDGE_ALERT)
@require_POST
def remove(request: HttpRequest, canary_id: int) -> HttpResponse:
    found = get_object_or_404(CanaryHousehold, pk=canary_id)
    require_step_up(request)
    try:
        services.ask_removal(found, user_of(request))
    except (services.LastCanary, CanaryWaiting) as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, "除去を申請しました。承認者か、別の情報セキュリティ管理者が承認すると取り除かれます。"
        )
    return redirect("households:canaries")
