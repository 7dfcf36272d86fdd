"""Building an adapter from its configuration, and the presets to start from."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from integrations.atena_adapters.adapter import ComposedAdapter
from integrations.atena_adapters.config import AdapterConfig, NoTransport
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.errors import ConfigurationInvalid
from integrations.atena_adapters.null import NullAdapter
from integrations.atena_adapters.port import AtenaAdapter, ExchangeKeeper
from integrations.atena_adapters.transports.factory import build_transport

_PRESETS = Path(__file__).parent / "presets"


def _now() -> datetime:
    return datetime.now(UTC)


def build(
    config: AdapterConfig,
    *,
    keep: ExchangeKeeper,
    secrets: Mapping[str, SecretStr] | None = None,
    clock: Callable[[], datetime] = _now,
) -> AtenaAdapter:
    """The adapter for a configuration.

    `secrets` maps the names that the configuration mentions to their values; a missing one raises
    `ConfigurationInvalid`.  `keep` receives the raw bytes of every exchange.
    """
    if isinstance(config.transport, NoTransport):
        return NullAdapter()
    return ComposedAdapter(
        build_transport(config.transport, secrets or {}),
        build_dialect(config.dialect),
        config.workflow,
        needs_unified_number=any(column.field == "unified_number" for column in config.dialect.layouts.inquiry),
        keeper=keep,
        clock=clock,
    )


def preset_names() -> list[str]:
    """The presets there are, by file name."""
    return sorted(path.stem for path in _PRESETS.glob("*.toml"))


def preset(name: str) -> AdapterConfig:
    """A preset's configuration.  Its folder or URL is a placeholder to be replaced (`model_copy`, or the form)."""
    if name not in preset_names():
        raise ConfigurationInvalid(f"連携設定のひな形「{name}」はありません。")
    with (_PRESETS / f"{name}.toml").open("rb") as file:
        return AdapterConfig.model_validate(tomllib.load(file))


def relocated(config: AdapterConfig, *, base_url: str = "", folder: str = "") -> AdapterConfig:
    """The same configuration against another place; the value that its transport does not have is ignored."""
    values = config.model_dump()
    place = {"base_url": base_url, "folder": folder}
    values["transport"] |= {name: place[name] for name in place if place[name] and name in values["transport"]}
    return AdapterConfig.model_validate(values)
