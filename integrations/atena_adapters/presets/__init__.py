"""Configurations to start from: one TOML file per sample prefecture.  A new file here is a new preset."""

from __future__ import annotations

import tomllib
from pathlib import Path

from integrations.atena_adapters.config import AdapterConfig
from integrations.atena_adapters.errors import ConfigurationInvalid

_FOLDER = Path(__file__).parent
_TITLES = {
    "database": "データベースの表（参照接続D）",
    "fixed": "固定長ファイル・共有フォルダ（参照接続C）",
    "hiroshima": "CSV（UTF-8）・共有フォルダ（サンプル）",
    "medium": "封緘ファイル・媒体（参照接続E）",
    "nara": "JSON・HTTP（サンプル）",
    "osaka": "CSV（CP932、和暦）・共有フォルダ（サンプル）",
    "rest": "REST・OAuth2（参照接続A）",
    "sftp": "CSV・SFTP（参照接続B）",
    "terminal": "作業票と端末入力（参照接続F）",
}


def preset_names() -> list[str]:
    """The presets there are, by file name."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def preset_title(name: str) -> str:
    """What a preset is, for the person who chooses; its file name where nobody gave it a title."""
    return _TITLES.get(name, name)


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
