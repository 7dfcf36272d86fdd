"""Configurations to start from: one TOML file per sample prefecture.  A new file here is a new preset."""

from __future__ import annotations

import tomllib
from pathlib import Path

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.errors import ConfigurationInvalid

_FOLDER = Path(__file__).parent


def preset_names() -> list[str]:
    """The presets there are, by file name."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def preset(name: str) -> AdapterConfig:
    """A preset's configuration.  Its folder or URL is a placeholder to be replaced (`relocated`, or the form)."""
    if name not in preset_names():
        raise ConfigurationInvalid(f"連携設定のひな形「{name}」はありません。")
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        return AdapterConfig.model_validate(tomllib.load(file))


def relocated(config: AdapterConfig, *, base_url: str = "", folder: str = "") -> AdapterConfig:
    """The same configuration against another place; the value that its transport does not have is ignored."""
    values = config.model_dump()
    place = {"base_url": base_url, "folder": folder}
    values["transport"] |= {name: place[name] for name in place if place[name] and name in values["transport"]}
    return AdapterConfig.model_validate(values)
