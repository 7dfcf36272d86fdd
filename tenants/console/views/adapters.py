"""A prefecture's adapter configurations: the versions, writing a new one, taking one in from a file."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import page, person_of
from accounts.permissions import Permission
from accounts.views.shared import show
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage.exchange.bounds import bounds_of
from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.destination import destination
from integrations.atena_adapters.config.form import form_values
from integrations.atena_adapters.presets import preset, preset_names, preset_title
from tenants.console.activation import UNDER_WAY
from tenants.console.adapter_pages import files, signing
from tenants.console.adapter_pages.effect import effect_of
from tenants.console.adapter_pages.form import FOLDER, OWN_FOLDER, AdapterForm, KeptSecrets, typed_texts
from tenants.console.adapters import save_adapter_draft, secrets_of
from tenants.console.link_states import NOTHING, link_states
from tenants.console.models import AdapterDraft
from tenants.console.views.shared import draft_of, may, prefecture_of
from tenants.core.models import Prefecture


@page(Permission.VIEW_PREFECTURES, "console")
@require_safe
def adapter(request: HttpRequest, prefecture_code: str) -> HttpResponse:
    prefecture = prefecture_of(prefecture_code)
    drafts = list(AdapterDraft.objects.filter(prefecture=prefecture).defer("config", "secrets"))
    context = {
        "target": prefecture,
        "link": link_states().get(prefecture.schema_name, NOTHING),
        "drafts": drafts,
        "active": next((draft for draft in drafts if draft.state == AdapterDraft.State.ACTIVE), None),
        "waiting": [draft for draft in drafts if draft.state in (AdapterDraft.State.CHECKED, *UNDER_WAY)],
        "presets": [(name, preset_title(name)) for name in preset_names()],
        "fingerprint": signing.fingerprint(),
        "may_configure": may(request, Permission.CONFIGURE_ADAPTER),
    }
    return show(request, "console/adapter.html", context)


@page(Permission.CONFIGURE_ADAPTER, "console")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def adapter_new(request: HttpRequest, prefecture_code: str) -> HttpResponse:
    """A new version, from a preset, an earlier version, or nothing. `switch` only changes which entries are shown."""
    prefecture = prefecture_of(prefecture_code)
    start, origin = _start(request, prefecture)
    kept, place = _kept(prefecture), _place(prefecture)
    if request.method != "POST":
        form = AdapterForm(start, kept, place=place)
    elif "switch" in request.POST:
        form = AdapterForm({**start, **typed_texts(request.POST)}, kept, place=place)
    else:
        form = AdapterForm(start, kept, request.POST, place=place)
        if form.is_valid() and form.config is not None:
            return _save(request, prefecture, form, form.config)
    context = {
        "target": prefecture,
        "form": form,
        "origin": origin,
        "presets": [(name, preset_title(name)) for name in preset_names()],
        "effect": effect_of(form.texts_now()),
    }
    return show(request, "console/adapter_form.html", context, 400 if form.errors else 200)


@page(Permission.CONFIGURE_ADAPTER, "console")
@require_POST
def adapter_import(request: HttpRequest, prefecture_code: str) -> HttpResponse:
    """A version from a file. Secrets are not in it: those of the version before stay when the destination stays."""
    prefecture = prefecture_of(prefecture_code)
    handed = request.FILES.get("file")
    try:
        if handed is None:
            raise files.FileRefused("ファイルを選んでください。")
        told = files.read(handed.read(files.LARGEST_BYTES + 1), request.POST.get("fingerprint", ""))
    except files.FileRefused as error:
        messages.error(request, str(error))
        return redirect("console:adapter", prefecture.code)
    with transaction.atomic():
        draft = save_adapter_draft(prefecture, told.config, {}, person_of(request))
        record(
            Event.CONSOLE_ADAPTER_IMPORTED,
            subjects=[Subject("prefecture", prefecture.code)],
            detail={"version": draft.version, "from": told.prefecture, "from_version": told.version, "ours": told.ours},
        )
    missing = sorted(set(told.secret_names) - set(secrets_of(draft)))
    enter = f"この版から新しい版を作成し、認証情報（{'、'.join(missing)}）の値を入力してください。" if missing else ""
    messages.success(
        request, f"ファイルを第{draft.version}版として保存しました。{enter}次に接続試験を実行してください。"
    )
    return redirect("console:adapter_version", prefecture.code, draft.version)


def _save(request: HttpRequest, prefecture: Prefecture, form: AdapterForm, config: AdapterConfig) -> HttpResponse:
    draft = save_adapter_draft(prefecture, config.model_dump(mode="json"), form.secrets(), person_of(request))
    messages.success(request, f"第{draft.version}版を保存しました。次に接続試験を実行してください。")
    return redirect("console:adapter_version", prefecture.code, draft.version)


def _start(request: HttpRequest, prefecture: Prefecture) -> tuple[dict[str, str], str]:
    """The texts to begin with, and where they come from in words."""
    name, version = request.GET.get("preset", ""), request.GET.get("from", "")
    if name:
        if name not in preset_names():
            raise Http404
        return _of_this_place(form_values(preset(name)), prefecture), f"ひな形「{preset_title(name)}」"
    if version:
        if not version.isascii() or not version.isdecimal() or len(version) > 6:
            raise Http404
        draft = draft_of(prefecture.code, int(version))
        return form_values(AdapterConfig.model_validate(draft.config)), f"第{draft.version}版"
    return {}, "初期値"


def _of_this_place(values: dict[str, str], prefecture: Prefecture) -> dict[str, str]:
    """A preset names the folder and the 団体コード of a sample; those of this prefecture stand there instead."""
    own = {"transport.tenant": prefecture.code}
    if values["transport.kind"] in OWN_FOLDER:
        own[FOLDER] = _place(prefecture)
    return values | {name: text for name, text in own.items() if name in values}


def _place(prefecture: Prefecture) -> str:
    """Where this prefecture exchanges files (`domain.linkage.exchange.bounds`)."""
    return str(bounds_of(prefecture.code).exchange_root)


def _kept(prefecture: Prefecture) -> KeptSecrets:
    """What the next version takes over, as long as its destination stays the same."""
    newest = AdapterDraft.objects.filter(prefecture=prefecture).select_related("prefecture").first()
    if newest is None:
        return KeptSecrets()
    return KeptSecrets(frozenset(secrets_of(newest)), destination(newest.config))
