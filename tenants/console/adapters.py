"""A prefecture's adapter configuration on its way: written, checked against the other side, activated by a second person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from pydantic import SecretStr

from accounts.errors import SamePerson
from accounts.models import User
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage import services as linkage
from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.port import CheckResult, CheckState
from integrations.atena_adapters.registry import build
from jobs import services as jobs
from jobs.models import Job
from tenants.console.models import AdapterDraft
from tenants.core import keys
from tenants.core.context import console_context, prefecture_context
from tenants.core.models import Prefecture

SECRETS_PURPOSE = "adapter-drafts"
State = AdapterDraft.State


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


@transaction.atomic
def save_adapter_draft(
    prefecture: Prefecture, config: Mapping[str, Any], secrets: Mapping[str, str], user: User
) -> AdapterDraft:
    """A new version; secrets not given are taken over from the version before. They are sealed and never shown again."""
    Prefecture.objects.select_for_update().get(pk=prefecture.pk)
    newest = AdapterDraft.objects.filter(prefecture=prefecture).order_by("-version").first()
    kept = secrets_of(newest) if newest else {}
    given = {name: value for name, value in secrets.items() if value}
    version = (AdapterDraft.objects.filter(prefecture=prefecture).aggregate(top=Max("version"))["top"] or 0) + 1
    draft = AdapterDraft.objects.create(
        prefecture=prefecture,
        version=version,
        config=normalised(config),
        secrets=_sealed(kept | given, prefecture, version),
        written_by=user.username,
    )
    record(Event.CONSOLE_ADAPTER_CONFIGURED, subjects=_subjects(prefecture), detail={"version": version})
    return draft


def start_check(draft: AdapterDraft, user: User) -> Job:
    """接続試験 as a job."""
    key = f"adapter-check:{draft.pk}:{timezone.now().isoformat()}"
    return jobs.start("console.check_adapter", {"draft": draft.pk}, key=key)


def run_check(draft: AdapterDraft) -> list[CheckResult]:
    """Check the configuration against the other side and keep the outcome. Green is the way to activation."""
    secrets = {name: SecretStr(value) for name, value in secrets_of(draft).items()}
    adapter = build(AdapterConfig.model_validate(draft.config), keep=NoKeeping(), secrets=secrets)
    results = adapter.check_config()
    green = all(result.state is not CheckState.FAILED for result in results)
    with transaction.atomic():
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
    """Ask for activation as the second person. Raises NotReady unless the check was green, SamePerson for the writer."""
    draft = AdapterDraft.objects.select_for_update().get(pk=draft.pk)
    if draft.written_by == user.username:
        raise SamePerson
    if draft.state not in (State.CHECKED, State.REQUESTED):
        raise NotReady("接続試験に合格していないため、有効化できません。先に接続試験を実行してください。")
    draft.state, draft.activated_by = State.REQUESTED, user.username
    draft.save(update_fields=["state", "activated_by"])
    return jobs.start("console.activate_adapter", {"draft": draft.pk}, key=f"adapter-activate:{draft.pk}")


def put_in_force(draft_id: int) -> AdapterDraft:
    """As the owner: copy the version into the prefecture, sealed with its own key. Running it again changes nothing."""
    draft = AdapterDraft.objects.select_related("prefecture").get(pk=draft_id)
    if draft.state == State.ACTIVE:
        return draft
    secrets = secrets_of(draft)
    with prefecture_context(draft.prefecture):
        linkage.put_in_force(draft.config, secrets)
    with console_context(), transaction.atomic():
        AdapterDraft.objects.filter(prefecture=draft.prefecture, state=State.ACTIVE).update(state=State.RETIRED)
        draft.state, draft.activated_at = State.ACTIVE, timezone.now()
        draft.save(update_fields=["state", "activated_at"])
        record(Event.CONSOLE_ADAPTER_ACTIVATED, subjects=_subjects(draft.prefecture), detail={"version": draft.version})
    return draft


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
