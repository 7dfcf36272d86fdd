"""A prefecture's adapter configuration as it is written and checked against the other side; `activation` puts it in force."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from pydantic import SecretStr, ValidationError

from accounts.models import User
from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage import services as linkage
from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.destination import destination
from integrations.atena_adapters.errors import AtenaError
from integrations.atena_adapters.port import CheckResult, CheckState, Hidden
from integrations.atena_adapters.registry import build
from jobs import services as jobs
from jobs.models import Job
from tenants.console.models import AdapterDraft, AdapterTrial
from tenants.core import keys
from tenants.core.models import Prefecture
from tenants.core.providers import SealBroken

SECRETS_PURPOSE = "adapter-drafts"
State = AdapterDraft.State


class NotReady(ValueError):
    """`console.adapter-not-ready`: the configuration cannot be activated yet."""

    identifier = "console.adapter-not-ready"


class NoKeeping:
    """The check sends a deliberately invalid request about nobody: there is nothing to keep."""

    def keep(self, direction: str, name: str, payload: bytes, hidden: Hidden | None = None) -> None:
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
        lock(prefecture)
        sealed = inherited_secrets(prefecture, config) | given
        version = (AdapterDraft.objects.filter(prefecture=prefecture).aggregate(top=Max("version"))["top"] or 0) + 1
        draft = AdapterDraft.objects.create(
            prefecture=prefecture,
            version=version,
            config=config,
            secrets=_sealed(sealed, prefecture, version),
            written_by=user.username,
        )
        record(Event.CONSOLE_ADAPTER_CONFIGURED, subjects=subjects(prefecture), detail={"version": version})
    return draft


def inherited_secrets(prefecture: Prefecture, config: Mapping[str, Any]) -> dict[str, str]:
    """Clear secrets that a new version with this configuration takes over from the newest one."""
    newest = AdapterDraft.objects.filter(prefecture=prefecture).order_by("-version").first()
    if newest is None or destination(newest.config) != destination(config):
        return {}
    return secrets_of(newest)


def start_check(draft: AdapterDraft) -> Job:
    """接続試験 as a job."""
    key = f"adapter-check:{draft.pk}:{timezone.now().isoformat()}"
    return jobs.start("console.check_adapter", {"draft": draft.pk}, key=key)


def run_check(draft: AdapterDraft, further: Sequence[CheckResult] = ()) -> list[CheckResult]:
    """Check the configuration against the other side and keep the outcome with the version. Green is the way to activation.

    `further` are findings made elsewhere, such as the prefecture's sample file.
    """
    began = timezone.now()
    results = [*_checked(draft), *further]
    with transaction.atomic():
        _keep_trial(draft, results, began)
    return results


def _checked(draft: AdapterDraft) -> list[CheckResult]:
    """What the other side says; an adapter that cannot even be built is a failed check like any other."""
    try:
        secrets = {name: SecretStr(value) for name, value in secrets_of(draft).items()}
        config, bounds = AdapterConfig.model_validate(draft.config), linkage.bounds_of(draft.prefecture.code)
        return build(config, keep=NoKeeping(), secrets=secrets, bounds=bounds).check_config()
    except AtenaError as error:
        return [_not_ready(error.message, "設定を直した新しい版を作成してください。")]
    except ValidationError:
        return [
            _not_ready("この版の設定は、いまの書式では読めません。", "設定を入力し直した新しい版を作成してください。")
        ]
    except (keys.KeyMissing, SealBroken):
        return [_not_ready("保管した秘密を開けません。", "秘密を入力し直した新しい版を作成してください。")]


def _not_ready(message: str, remedy: str) -> CheckResult:
    return CheckResult("接続の準備", CheckState.FAILED, message, remedy)


def _keep_trial(draft: AdapterDraft, results: list[CheckResult], began: datetime) -> None:
    # The check took its time: what became of the version meanwhile must not be undone.
    draft.state = AdapterDraft.objects.select_for_update().get(pk=draft.pk).state
    green = all(result.state is not CheckState.FAILED for result in results)
    draft.checks, draft.checked_at = [asdict(result) for result in results], timezone.now()
    if draft.state in (State.DRAFT, State.CHECKED):
        draft.state, draft.green = State.CHECKED if green else State.DRAFT, green
    draft.save(update_fields=["checks", "checked_at", "state", "green"])
    trial = AdapterTrial.objects.create(
        draft=draft,
        number=draft.trials.count() + 1,
        results=draft.checks,
        green=green,
        by=current_actor().name,
        started_at=began,
        ended_at=draft.checked_at,
        config_digest=digest_of(draft.config),
    )
    detail = {"version": draft.version, "green": green, "trial": trial.number}
    record(Event.CONSOLE_ADAPTER_CHECKED, subjects=subjects(draft.prefecture), detail=detail)


def digest_of(config: Mapping[str, Any]) -> str:
    """SHA-256 of a configuration, the same however its entries are ordered."""
    return hashlib.sha256(json.dumps(config, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def lock(prefecture: Prefecture) -> None:
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


def subjects(prefecture: Prefecture) -> list[Subject]:
    return [Subject("prefecture", prefecture.code)]
