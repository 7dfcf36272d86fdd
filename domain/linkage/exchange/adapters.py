"""The adapter of this prefecture: which configuration is in force, and the adapter built from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from pydantic import SecretStr, ValidationError

from audit.trail.entries import JSON
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.linkage.errors import ConfigurationRefused, NoConfiguration
from domain.linkage.exchange.bounds import bounds_of
from domain.linkage.exchange.keeping import SealedKeeper
from domain.linkage.models import AdapterConfiguration, Registration
from domain.linkage.persons.due import askable_states
from integrations.atena_adapters.bounds import Bounds
from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.config.destination import destination
from integrations.atena_adapters.errors import ConfigurationInvalid
from integrations.atena_adapters.port import AtenaAdapter, ExchangeKeeper
from integrations.atena_adapters.registry import build
from tenants.core import keys
from tenants.core.context import current_prefecture

PURPOSE = "adapter-secrets"


def put_in_force(config: Mapping[str, Any], secrets: Mapping[str, str]) -> AdapterConfiguration:
    """Make a configuration the one in force and retire the one before. The same again changes nothing.

    A renewed secret alone is a version too (docs/adapters.md says why); the event tells what of the two changed.

    Raises ConfigurationRefused when an adapter cannot be built from it (unknown item, missing secret).
    """
    wanted = _validated(config, secrets)
    with transaction.atomic():
        current = AdapterConfiguration.objects.select_for_update().filter(retired_at=None).first()
        before = _secrets_of(current) if current else {}
        if current and current.config == wanted and before == dict(secrets):
            return current
        now = timezone.now()
        AdapterConfiguration.objects.filter(retired_at=None).update(retired_at=now)
        version = (AdapterConfiguration.objects.aggregate(newest=Max("version"))["newest"] or 0) + 1
        sealed = keys.seal(PURPOSE, json.dumps(dict(secrets)).encode(), _bound(version))
        new = AdapterConfiguration.objects.create(version=version, config=wanted, secrets=sealed, in_force_from=now)
        renewed: list[JSON] = [
            name for name in sorted({*before, *secrets}) if before.get(name) != dict(secrets).get(name)
        ]
        detail: dict[str, JSON] = {
            "version": version,
            "settings_changed": current is None or current.config != wanted,
            "secrets_changed": renewed,
        }
        record(Event.CONSOLE_ADAPTER_ACTIVATED, subjects=[Subject("adapter", str(version))], detail=detail)
    return new


def configuration_in_force() -> AdapterConfiguration:
    """Raises NoConfiguration."""
    found = AdapterConfiguration.objects.filter(retired_at=None).first()
    if found is None:
        raise NoConfiguration
    return found


def adapter_in_force(*, keep: ExchangeKeeper | None = None) -> AtenaAdapter:
    """The prefecture's adapter; its exchanges go to the sealed files unless another keeper is given. NoConfiguration."""
    current = configuration_in_force()
    return _built(current, _secrets_of(current), keep)


def adapter_of_version(version: int, *, keep: ExchangeKeeper | None = None) -> AtenaAdapter:
    """The adapter that a batch was sent with, to read its answers. Secrets that were renewed since are the new ones.

    A secret made for another destination is not sent to the earlier one.
    """
    then = AdapterConfiguration.objects.get(version=version)
    current = AdapterConfiguration.objects.filter(retired_at=None).first()
    same = current is not None and destination(current.config) == destination(then.config)
    return _built(then, _secrets_of(then) | (_secrets_of(current) if current and same else {}), keep)


def versions_elsewhere() -> list[int]:
    """Versions whose destination is no longer the one in force (another vendor); none while nothing is in force. One query."""
    rows = list(AdapterConfiguration.objects.values_list("version", "config", "retired_at"))
    current = [destination(config) for _, config, retired_at in rows if retired_at is None]
    return [version for version, config, _ in rows if current and destination(config) not in current]


def left_at(version: int) -> datetime | None:
    """When the destination of a version was left for another one; None while it is the one in force. Two queries."""
    if version not in versions_elsewhere():
        return None
    rows = {row.version: row for row in AdapterConfiguration.objects.all()}
    there = destination(rows[version].config)
    return max(row.retired_at for row in rows.values() if row.retired_at and destination(row.config) == there)


def settings_in_force() -> AdapterConfig:
    """The configuration in force as a typed value. Raises NoConfiguration."""
    return AdapterConfig.model_validate(configuration_in_force().config)


def askable_now() -> frozenset[Registration.State] | None:
    """The states in which a person may be inquired under the configuration in force; None: nobody is kept back."""
    current = AdapterConfiguration.objects.filter(retired_at=None).first()
    return askable_states(AdapterConfig.model_validate(current.config).workflow) if current else None


def carried_link() -> tuple[AdapterConfig, dict[str, SecretStr], Bounds]:
    """What the desks of a link that people carry are built from: the configuration in force, its secrets and its limits.

    Raises NoConfiguration.
    """
    current = configuration_in_force()
    return AdapterConfig.model_validate(current.config), _hidden(_secrets_of(current)), _bounds()


def _validated(config: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    try:
        model = AdapterConfig.model_validate(dict(config))
        build(model, keep=SealedKeeper(), secrets=_hidden(secrets), bounds=_bounds())
    except ValidationError as error:
        places = [".".join(str(part) for part in problem["loc"]) for problem in error.errors(include_input=False)]
        texts = [str(problem["msg"]) for problem in error.errors(include_input=False)]
        raise ConfigurationRefused(" ".join(f"{p}: {t}" for p, t in zip(places, texts, strict=True))) from None
    except ConfigurationInvalid as error:
        raise ConfigurationRefused(error.message) from None
    return model.model_dump(mode="json")


def _built(row: AdapterConfiguration, secrets: Mapping[str, str], keep: ExchangeKeeper | None) -> AtenaAdapter:
    config = AdapterConfig.model_validate(row.config)
    return build(config, keep=keep or SealedKeeper(), secrets=_hidden(secrets), bounds=_bounds())


def _bounds() -> Bounds:
    prefecture = current_prefecture()
    return bounds_of(prefecture.code) if prefecture else Bounds()


def _secrets_of(row: AdapterConfiguration) -> dict[str, str]:
    opened: dict[str, str] = json.loads(keys.unseal(PURPOSE, bytes(row.secrets), _bound(row.version)))
    return opened


def _hidden(secrets: Mapping[str, str]) -> dict[str, SecretStr]:
    return {name: SecretStr(value) for name, value in secrets.items()}


def _bound(version: int) -> str:
    return f"linkage.adapter:{version}"
