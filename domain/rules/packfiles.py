"""Finds pack folders and reads their TOML; the only place of the room that touches files, and only its own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from domain.rules.errors import PackError

FOLDER = Path(__file__).parent / "packs"


@dataclass(frozen=True, slots=True)
class PackInfo:
    """One folder of `packs/`: `extends` empty = a base pack, otherwise an overlay of those base packs.

    `trial`: only for trials (試算用), never for paying.
    """

    name: str
    title: str
    fiscal_year: int
    extends: tuple[str, ...]
    sample: bool
    trial: bool = False


def read_folder(folder: Path) -> dict[str, object]:
    """Content of every TOML file of a pack folder as one mapping; PackError where two files say the same name."""
    if not (folder / "pack.toml").is_file():
        raise PackError(folder.name, [f"年度定義「{folder.name}」がありません。名前を確かめてください。"])
    merged: dict[str, object] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise PackError(folder.name, [f"{path.name} を読めません: {fault}"]) from fault
        twice = sorted(set(content) & set(merged))
        if twice:
            raise PackError(folder.name, [f"{path.name}: 「{'、'.join(twice)}」が別のファイルにもあります"])
        merged |= content
    return merged


def info_of(raw: dict[str, object], name: str) -> PackInfo:
    """The [pack] section."""
    section = raw.get("pack")
    if not isinstance(section, dict) or not isinstance(section.get("title"), str):
        raise PackError(name, ["pack.toml に [pack] の title がありません"])
    year = section.get("fiscal_year")
    if type(year) is not int:
        raise PackError(name, ["pack.toml の fiscal_year は整数で書いてください"])
    flags = (bool(section.get(each, False)) for each in ("sample", "trial"))
    return PackInfo(name, section["title"], year, tuple(section.get("extends", ())), *flags)


@lru_cache(maxsize=1)
def available_packs() -> tuple[PackInfo, ...]:
    """Every pack and overlay that ships, by name."""
    folders = sorted(path.parent for path in FOLDER.glob("*/pack.toml"))
    return tuple(info_of(read_folder(folder), folder.name) for folder in folders)
