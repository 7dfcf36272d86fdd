"""The configurations under contract: every preset, and compositions that no preset happens to use."""

from __future__ import annotations

from typing import Any

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.registry import preset, preset_names


def _mixed(transport: str, dialect: str, **workflow: Any) -> AdapterConfig:
    values = preset(dialect).model_dump()
    values["transport"] = preset(transport).transport.model_dump()
    values["workflow"] |= workflow
    return AdapterConfig.model_validate(values)


CASES: dict[str, AdapterConfig] = {name: preset(name) for name in preset_names()} | {
    "json in a folder": _mixed("hiroshima", "nara"),
    "cp932 over http, answered in the call": _mixed(
        "nara", "osaka", registration_answer="in_call", inquiry_answer="in_call"
    ),
}

SIMULATED: dict[str, AdapterConfig] = {
    name: config
    for name, config in CASES.items()
    if config.transport.kind == "folder" or getattr(config.transport, "auth", "oauth2") != "oauth2"
}
"""Those whose way in needs no account, medium or database of its own: quick to start once more for a single test."""
