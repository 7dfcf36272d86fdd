"""A prefecture's adapter configuration on its way: written, checked against the other side, activated by a second person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from pydantic import SecretStr

from accounts.errors import SamePerson
from accounts.models import User
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage import services as linkage
from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.destination import destination
from integrations.atena_adapters.port import CheckResult, CheckState
from integrations.atena_adapters.registry import build
from jobs import services as jobs
from jobs.models import Job
from jobs.states import LIVE
from tenants.console.models import AdapterDraft
from tenants.core import keys
from tenants.core.context import console_context, prefecture_context
from tenants.core.models import Prefecture

SECRETS_PURPOSE = "adapter-drafts"
State = AdapterDraft.State
OVERTAKEN = "これより新しい版が有効か、有効化待ちのため、有効化できません。元に戻すときは、この版から新しい版を作成してください。"


class NotReady(ValueError):
    """`console.adapter-not-ready`: the configuration cannot be activated yet."""

    identifier = "console.adapter-not-ready"


class NoKeeping:
    """The check sends a deliberately invalid request about nobody: there is nothing to keep."""

    def keep(self, direction: str, name: str, payload: bytes) -> None:
        """Nothing is kept."""


def normalised(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration as it is stored. Raises pydantic.ValidationError with what is wrong where."""
    return AdapterConfig.model_validate(dict(config)).model_dump(mode="json")


def save_adapter_draft(
    prefecture: Prefecture, config: Mapping[str, Any], secrets: Mapping[str, str], user: User
) -> AdapterDraft:
    """A new version; its secrets are sealed and never shown again.

    Secrets not given are taken over from the version before, but only to the same destination: one person alone must not be able
    to send a stored secret somewhere else.
    """
    config = normalised(config)
    given = {name: value for name, value in secrets.items() if value}
    # Not the decorator: that is one and the same block for every call, and a block remembers keys that were made within it.
    with transaction.atomic():
        _lock(prefecture)
        sealed = inherited_secrets(prefecture, config) | given
        version = (AdapterDraft.objects.filter(prefecture=prefecture).aggregate(top=Max("version"))["top"] or 0) + 1
        draft = AdapterDraft.objects.create(
            prefecture=prefecture,
            version=version,
            config=config,
            secrets=_sealed(sealed, prefecture, version),
            written_by=user.username,
        )
        record(Event.CONSOLE_ADAPTER_CONFIGURED, subjects=_subjects(prefecture), detail={"version": version})
    return draft


def inherited_secrets(prefecture: Prefecture, config: Mapping[str, Any]) -> dict[str, str]:
    """Clear secrets that a new version with this configuration takes over from the newest one."""
    newest = AdapterDraft.objects.filter(prefecture=prefecture).order_by("-version").first()
    if newest is None or destination(newest.config) != destination(config):
        return {}
    return secrets_of(newest)


def start_check(draft: AdapterDraft, user: User) -> Job:
    """接続試験 as a job."""
    key = f"adapter-check:{draft.pk}:{timezone.now().isoformat()}"
    return jobs.start("console.check_adapter", {"draft": draft.pk}, key=key)


def run_check(draft: AdapterDraft) -> list[CheckResult]:
    """Check the configuration against the other side and keep the outcome. Green is the way to activation."""
    secrets = {name: SecretStr(value) for name, value in secrets_of(draft).items()}
    config, bounds = AdapterConfig.model_validate(draft.config), linkage.bounds_of(draft.prefecture.code)
    adapter = build(config, keep=NoKeeping(), secrets=secrets, bounds=bounds)
    results = adapter.check_config()
    green = all(result.state is not CheckState.FAILED for result in results)
    with transaction.atomic():
        # The check took its time: what became of the version meanwhile must not be undone.
        draft.state = AdapterDraft.objects.select_for_update().get(pk=draft.pk).state
        draft.checks = [asdict(result) for result in results]
        draft.checked_at = timezone.now()
        if draft.state in (State.DRAFT, State.CHECKED):
            draft.state = State.CHECKED if green else State.DRAFT
        draft.save(update_fields=["checks", "checked_at", "state"])
        record(
            Event.CONSOLE_ADAPTER_CHECKED,
            subjects=_subjects(draft.prefecture),
            detail={"version": draft.version, "green": green},
        )
    return results


@transaction.atomic
def activate(draft: AdapterDraft, user: User) -> Job:
    """Ask for activation as the second person. Raises SamePerson for the writer, and NotReady unless the check was green, or
    when a newer version is or comes into force, or an older one is on its way at this moment."""
    _lock(draft.prefecture)
    draft = AdapterDraft.objects.select_for_update().get(pk=draft.pk)
    if draft.written_by == user.username:
        raise SamePerson
    if draft.state not in (State.CHECKED, State.REQUESTED):
        raise NotReady("接続試験に合格していないため、有効化できません。先に接続試験を実行してください。")
    if overtaken(draft):
        raise NotReady(OVERTAKEN)
    if any(_is_on_its_way(other) for other in _others(draft).filter(state=State.REQUESTED)):
        raise NotReady("ほかの版を有効にしている途中です。終わってから、もう一度有効化してください。")
    draft.state, draft.activated_by = State.REQUESTED, user.username
    draft.save(update_fields=["state", "activated_by"])
    return jobs.start("console.activate_adapter", {"draft": draft.pk}, key=f"adapter-activate:{draft.pk}")


def overtaken(draft: AdapterDraft) -> bool:
    """Whether a newer version is in force or was asked for; going back means writing the old content as a new version."""
    return _others(draft).filter(version__gt=draft.version, state__in=(State.ACTIVE, State.REQUESTED)).exists()


def put_in_force(draft_id: int) -> AdapterDraft:
    """As the owner: copy the version into the prefecture, sealed with its own key. Running it again changes nothing.

    Raises NotReady for a version that nobody asked for, or that a newer one has overtaken: a failed job may be run again late.
    """
    draft = AdapterDraft.objects.select_related("prefecture").get(pk=draft_id)
    if draft.state == State.ACTIVE:
        return draft
    _require_due(draft)
    secrets = secrets_of(draft)
    with prefecture_context(draft.prefecture):
        linkage.put_in_force(draft.config, secrets)
    with console_context(), transaction.atomic():
        _lock(draft.prefecture)
        draft.refresh_from_db(fields=["state"])
        _require_due(draft)
        earlier = _others(draft).filter(version__lt=draft.version, state__in=(State.ACTIVE, State.REQUESTED))
        earlier.update(state=State.RETIRED)
        draft.state, draft.activated_at = State.ACTIVE, timezone.now()
        draft.save(update_fields=["state", "activated_at"])
        record(Event.CONSOLE_ADAPTER_ACTIVATED, subjects=_subjects(draft.prefecture), detail={"version": draft.version})
    return draft


def _require_due(draft: AdapterDraft) -> None:
    if draft.state != State.REQUESTED:
        raise NotReady("有効化が依頼されていない版です。接続試験と有効化の画面からやり直してください。")
    if overtaken(draft):
        raise NotReady(OVERTAKEN)


def _others(draft: AdapterDraft) -> QuerySet[AdapterDraft]:
    return AdapterDraft.objects.filter(prefecture=draft.prefecture).exclude(pk=draft.pk)


def _is_on_its_way(draft: AdapterDraft) -> bool:
    return Job.objects.filter(kind="console.activate_adapter", args__draft=draft.pk, state__in=LIVE).exists()


def _lock(prefecture: Prefecture) -> None:
    """One change at a time to the versions of a prefecture."""
    Prefecture.objects.select_for_update().get(pk=prefecture.pk)


def secrets_of(draft: AdapterDraft) -> dict[str, str]:
    """Clear secrets, for building the adapter only."""
    if not draft.secrets:
        return {}
    clear = keys.unseal(SECRETS_PURPOSE, bytes(draft.secrets), _place(draft.prefecture, draft.version))
    return {str(name): str(value) for name, value in json.loads(clear).items()}


def _sealed(secrets: Mapping[str, str], prefecture: Prefecture, version: int) -> bytes:
    return keys.seal(SECRETS_PURPOSE, json.dumps(dict(secrets)).encode(), _place(prefecture, version))


def _place(prefecture: Prefecture, version: int) -> str:
    return f"{prefecture.code}:{version}"


def _subjects(prefecture: Prefecture) -> list[Subject]:
    return [Subject("prefecture", prefecture.code)]
