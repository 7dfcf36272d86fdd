"""依頼人口座: from which account the prefecture pays, as agreed with its bank."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import page, require_step_up
from accounts.permissions import Permission
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from domain.households.views.shared import whole_prefecture
from domain.payments.forms import PayerForm
from domain.payments.models import PayerAccount


@page(Permission.CALCULATE_ROUND)
@whole_prefecture(Permission.CALCULATE_ROUND)
@require_http_methods(["GET", "HEAD", "POST"])
def payer(request: HttpRequest) -> HttpResponse:
    require_step_up(request)
    form = PayerForm(request.POST or None, instance=PayerAccount.objects.first())
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            if form.changed_data:  # which entries, never what they say
                record(
                    Event.ROUND_PAYER_CHANGED,
                    detail={"fields": form.changed_data},
                    allowed_by=Permission.CALCULATE_ROUND.value,
                )
        messages.success(request, "依頼人口座を保存しました。次に作る振込データから使います。")
        return redirect("payments:payer")
    return render(request, "payments/payer.html", {"form": form})
