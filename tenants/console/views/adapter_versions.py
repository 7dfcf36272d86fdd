"""One version of an adapter configuration: what it says, how its check went, its way into force."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.access import page, person_of, require_step_up
from accounts.errors import RequestStale, SamePerson
from accounts.permissions import Permission
from accounts.views.shared import show
from audit.trail.leaving import taken
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from tenants.console import runs, trial_report
from tenants.console.activation import (
    APPROVAL,
    OVERTAKEN,
    UNDER_WAY,
    WRITER,
    activate,
    is_on_its_way,
    overtaken,
    why_stale,
    withdraw,
)
from tenants.console.adapter_pages import files
from tenants.console.adapter_pages.checks import shown_checks
from tenants.console.adapter_pages.words import Difference, differences, secret_differences, sections
from tenants.console.adapters import NotReady, secrets_of
from tenants.console.models import AdapterDraft, AdapterTrial
from tenants.console.views.shared import draft_of, may
from web.dates import DateError, parse_japanese_date

State = AdapterDraft.State


@page(Permission.VIEW_PREFECTURES, "console")
@require_safe
def adapter_version(request: HttpRequest, prefecture_code: str, version: int) -> HttpResponse:
    return _version(request, draft_of(prefecture_code, version))


@page(Permission.VIEW_PREFECTURES, "console", passive=True)
@require_safe
def adapter_progress(request: HttpRequest, prefecture_code: str, version: int) -> HttpResponse:
    """The same page, for reloading its own results."""
    return _version(request, draft_of(prefecture_code, version))


@page(Permission.VIEW_PREFECTURES, "console")
@require_safe
def adapter_differences(request: HttpRequest, prefecture_code: str, version: int, earlier: int) -> HttpResponse:
    draft, before = draft_of(prefecture_code, version), draft_of(prefecture_code, earlier)
    others = AdapterDraft.objects.filter(prefecture=draft.prefecture).exclude(pk=draft.pk).only("version", "state")
    context = {
        "target": draft.prefecture, "draft": draft, "before": before, "others": others,
        "differences": _differences(before, draft),
    }  # fmt: skip
    return show(request, "console/adapter_differences.html", context)


@page(Permission.CONFIGURE_ADAPTER, "console")
@require_POST
def adapter_check(request: HttpRequest, prefecture_code: str, version: int) -> HttpResponse:
    draft = draft_of(prefecture_code, version)
    require_step_up(request)  # the check sends the stored secrets
    runs.start_check_once(draft)
    messages.success(request, "接続試験を受け付けました。結果はこの画面に出ます。")
    return redirect("console:adapter_version", prefecture_code, version)


@page(Permission.ACTIVATE_ADAPTER, "console")
@require_POST
def adapter_activate(request: HttpRequest, prefecture_code: str, version: int) -> HttpResponse:
    draft, user = draft_of(prefecture_code, version), person_of(request)
    try:
        APPROVAL.require(draft.written_by, user)
        require_step_up(request)
        day = _day(request.POST.get("valid_from", ""))
        job = activate(draft, user, day)
    except (SamePerson, RequestStale, NotReady, DateError) as error:
        messages.error(request, str(error))
    else:
        when = "切り替わると「有効」になります" if job else "適用開始日に自動で切り替わります"
        messages.success(request, f"第{version}版の有効化を受け付けました。{when}。")
    return redirect("console:adapter_version", prefecture_code, version)


@page(Permission.ACTIVATE_ADAPTER, "console")
@require_POST
def adapter_withdraw(request: HttpRequest, prefecture_code: str, version: int) -> HttpResponse:
    """A request for activation is taken back before the prefecture has anything of it."""
    require_step_up(request)
    try:
        withdraw(draft_of(prefecture_code, version))
    except NotReady as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"第{version}版の有効化の依頼を取り消しました。")
    return redirect("console:adapter_version", prefecture_code, version)


def _day(text: str) -> datetime.date | None:
    """適用開始日 as typed; nothing means today."""
    return parse_japanese_date(text) if text.strip() else None


@page(Permission.CONFIGURE_ADAPTER, "console")
@require_safe
def adapter_export(request: HttpRequest, prefecture_code: str, version: int) -> HttpResponse:
    require_step_up(request)
    draft = draft_of(prefecture_code, version)
    record_access(
        Event.EXPORT_FILE_DOWNLOADED,
        subjects=[Subject("prefecture", draft.prefecture.code)],
        detail={"種類": "宛名接続設定", "version": draft.version, **taken(0)},
        allowed_by=Permission.CONFIGURE_ADAPTER.value,
    )
    response = HttpResponse(files.written(draft), content_type=files.MEDIA_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, files.file_name(draft)) or "attachment"
    return response


@page(Permission.VIEW_PREFECTURES, "console")
@require_safe
def adapter_trial(request: HttpRequest, prefecture_code: str, version: int, trial: int) -> HttpResponse:
    """接続試験成績書 of one run."""
    runs_of_all = AdapterTrial.objects.select_related("draft__prefecture")
    run = get_object_or_404(runs_of_all, draft__prefecture__code=prefecture_code, draft__version=version, number=trial)
    record_access(
        Event.PRINT_REPORT_MADE,
        subjects=[Subject("prefecture", prefecture_code)],
        detail={"種類": "接続試験成績書", "version": version, "trial": trial, **taken(0)},
        allowed_by=Permission.VIEW_PREFECTURES.value,
    )
    response = HttpResponse(trial_report.pdf(run), content_type=trial_report.MEDIA_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, trial_report.file_name(run)) or "attachment"
    return response


def _version(request: HttpRequest, draft: AdapterDraft) -> HttpResponse:
    active = AdapterDraft.objects.filter(prefecture=draft.prefecture, state=State.ACTIVE).exclude(pk=draft.pk)
    in_force = active.select_related("prefecture").first()
    check, activation = (runs.newest_job_of(draft, kind) for kind in (runs.CHECK, runs.ACTIVATE))
    context = {
        "target": draft.prefecture,
        "draft": draft,
        "sections": sections(draft.config),
        "secret_names": sorted(secrets_of(draft)),
        "checks": shown_checks(draft.checks),
        "trials": draft.trials.defer("results"),
        "job": next((job for job in (activation, check) if job and job.is_live), None),
        "check_error": check.error if check else "",
        "activation_error": activation.error if activation and draft.state in UNDER_WAY else "",
        "in_force": in_force,
        "differences": _differences(in_force, draft) if in_force else [],
        "may_configure": may(request, Permission.CONFIGURE_ADAPTER),
        "may_activate": may(request, Permission.ACTIVATE_ADAPTER),
        "obstacle": _obstacle(request, draft),
        "today": timezone.localdate(),
        "may_withdraw": draft.state == State.REQUESTED and not is_on_its_way(draft),
    }
    return show(request, "console/adapter_version.html", context)


def _obstacle(request: HttpRequest, draft: AdapterDraft) -> str:
    """Why this person cannot put this version in force; "" when nothing stands in the way."""
    if draft.state == State.DRAFT:
        return "接続試験に合格していません。先に接続試験を実行してください。"
    if draft.state in (State.CHECKED, State.REQUESTED, State.HANDED) and overtaken(draft):
        return OVERTAKEN
    stale = why_stale(draft) if draft.state == State.CHECKED else ""
    return stale or (WRITER if APPROVAL.refuses(draft.written_by, person_of(request)) else "")


def _differences(before: AdapterDraft, after: AdapterDraft) -> list[Difference]:
    return [*differences(before.config, after.config), *secret_differences(secrets_of(before), secrets_of(after))]
