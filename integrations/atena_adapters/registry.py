"""Building an adapter from its configuration, within what the deployment allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from pydantic import SecretStr

from integrations.atena_adapters.adapter import ComposedAdapter
from integrations.atena_adapters.bounds import Bounds
from integrations.atena_adapters.checks import check_guards
from integrations.atena_adapters.config import AdapterConfig, NoTransport, RetiredTransport
from integrations.atena_adapters.detection import detection
from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.null import NullAdapter
from integrations.atena_adapters.port import AtenaAdapter, ExchangeKeeper
from integrations.atena_adapters.presets import preset, preset_names, relocated
from integrations.atena_adapters.retired import RetiredAdapter
from integrations.atena_adapters.transports.factory import build_transport

__all__ = ["Bounds", "build", "preset", "preset_names", "relocated"]


def _now() -> datetime:
    return datetime.now(UTC)


def build(
    config: AdapterConfig,
    *,
    keep: ExchangeKeeper,
    secrets: Mapping[str, SecretStr] | None = None,
    bounds: Bounds | None = None,
    clock: Callable[[], datetime] = _now,
) -> AtenaAdapter:
    """The adapter for a configuration.

    `secrets` maps the names that the configuration mentions to their values; a missing one raises
    `ConfigurationInvalid`.  `keep` receives the raw bytes of every exchange.  `bounds` are the limits of the deployment, without
    which there is no exchange by folder and no machine but this one; a configuration outside them raises
    `ConfigurationInvalid` too.
    """
    if isinstance(config.transport, NoTransport):
        return NullAdapter()
    if isinstance(config.transport, RetiredTransport):
        return RetiredAdapter(build_dialect(config.dialect))
    return ComposedAdapter(
        build_transport(config, secrets or {}, bounds or Bounds()),
        build_dialect(config.dialect),
        config.workflow,
        needs_unified_number=any(column.field == "unified_number" for column in config.dialect.layouts.inquiry),
        keeper=keep,
        clock=clock,
        guards=check_guards(detection(config)),
    )
