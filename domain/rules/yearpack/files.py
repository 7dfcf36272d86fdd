"""Finds pack folders and reads their TOML; the only place of the room that touches files: its own, and folders it is given."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from domain.rules.errors import PackError
from domain.rules.reading import has_surrogates
from domain.rules.yearpack.parsing.layer import FolderContent
from domain.rules.yearpack.toml_words import toml_words

TABLES = "tables"
"""The one section that may stand in several files, each with tables of its own."""
LONGEST_NAME = 60
"""Letters of the name of a pack."""
FOLDER = Path(__file__).parents[1] / "packs"


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


def find_folder(name: str, more: Sequence[Path] = ()) -> Path:
    """Folder of the pack `name`: the first of `more` that has it, else among those that ship.  PackError."""
    for shelf in more:
        if _names_in(shelf, name) and "pack.toml" in _names_in(shelf / name, name):
            return shelf / name
    if not more or (FOLDER / name / "pack.toml").is_file():
        return FOLDER / name
    looked = "、".join(str(shelf) for shelf in more)
    text = f"{looked} にも、製品に付いている年度定義にも、この名前で pack.toml のあるフォルダーがありません。"
    raise PackError(name, [f"年度定義「{name}」がありません。{text}"])


def _names_in(folder: Path, pack: str) -> list[str]:
    """What lies in a folder; nothing where there is none.  PackError where it cannot be read."""
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as fault:
        raise PackError(pack, [f"フォルダー {folder} を読めません: {_trouble(fault)}"]) from fault


def _trouble(fault: OSError) -> str:
    """Why a file or folder cannot be read, in Japanese where it is one of the common reasons."""
    if isinstance(fault, PermissionError):
        return "読む権限がありません。フォルダーとファイルの権限を確かめてください"
    if isinstance(fault, FileNotFoundError):
        return "ファイルがありません"
    if isinstance(fault, IsADirectoryError):
        return "ファイルではなくフォルダーです"
    return fault.strerror or "読み取りの誤り"


def read_folder(folder: Path) -> dict[str, object]:
    """Content of every TOML file of a pack folder as one mapping; PackError where two files say the same name.

    `takes` in [pack] names files of another pack, beside this one or shipped, that this one shares, with their sources; own sources win.
    """
    if not (folder / "pack.toml").is_file():
        raise PackError(folder.name, [f"年度定義「{folder.name}」がありません。名前を確かめてください。"])
    merged: dict[str, object] = {}
    files: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        _merge(merged, files, read_toml(path), path.name, folder.name)
    for other, names in _takes(merged, folder.name):
        beside = find_folder(other, () if folder.parent == FOLDER else (folder.parent,))
        for name in names:
            _merge(merged, files, read_toml(beside / name), f"{other}/{name}", folder.name)
        shared = read_toml(beside / "sources.toml").get("sources")
        own = merged.get("sources")
        if isinstance(shared, dict):
            merged["sources"] = {**shared, **own} if isinstance(own, dict) else shared
    return FolderContent(merged, files)


def read_toml(path: Path) -> dict[str, object]:
    """One file; PackError with the place of the fault."""
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise PackError(
            path.parent.name, [f"{path.parent.name}/{path.name} を読めません: {_trouble(fault)}"]
        ) from fault
    return toml_of(data, path.parent.name, path.name)


def toml_of(data: bytes, pack: str, file: str) -> dict[str, object]:
    """Content of one file; PackError."""
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as fault:
        raise PackError(pack, [f"{pack}/{file} を読めません: {toml_words(fault)}"]) from fault


def _merge(merged: dict[str, object], files: dict[str, str], content: dict[str, object], file: str, pack: str) -> None:
    for section, value in content.items():
        if section in merged:
            together = _tables_of_both(merged[section], value) if section == TABLES else None
            if together is None:
                raise PackError(pack, [f"{file}: 「{section}」が別のファイル({files[section]})にもあります"])
            merged[section], files[section] = together, f"{files[section]}・{file}"
        else:
            merged[section], files[section] = value, file


def _tables_of_both(one: object, other: object) -> dict[str, object] | None:
    """Tables of two files; None where both have one of the same name, or where one is no table of tables."""
    if not isinstance(one, dict) or not isinstance(other, dict) or set(one) & set(other):
        return None
    return {**one, **other}


def _takes(content: dict[str, object], name: str) -> list[tuple[str, list[str]]]:
    """Other pack and its files, of `takes = [{ from = "…", files = ["tables.toml"] }]`."""
    section = content.get("pack")
    given = section.get("takes", []) if isinstance(section, dict) else []
    rows = given if isinstance(given, list) else [None]
    return [_taken(row, name) for row in rows]


def _taken(row: object, name: str) -> tuple[str, list[str]]:
    other, files = (row.get("from"), row.get("files")) if isinstance(row, dict) else (None, None)
    if isinstance(other, str) and isinstance(files, list):
        names = [each for each in files if isinstance(each, str)]
        if len(names) == len(files) and all(map(is_plain_name, (other, *names))):
            return other, names
    raise PackError(name, ['pack.toml の takes は [{ from = "年度定義", files = ["表.toml"] }] と書いてください'])


def is_plain_name(name: str) -> bool:
    """Whether a text can be the name of a folder or file of ours: short, printable, and no way to elsewhere."""
    plain = bool(name) and name.isprintable() and len(name) <= LONGEST_NAME
    return plain and not name.startswith(".") and "/" not in name and "\\" not in name


def refuse_strange_values(raw: object, name: str) -> None:
    """PackError where a value is neither text, integer, true/false, list nor table: a decimal, a TOML date, half a letter."""
    waiting: list[tuple[object, str]] = [(raw, name)]
    while waiting:
        value, where = waiting.pop()
        if isinstance(value, dict):
            waiting += [(each, f"{where}.{_shown(key)}") for key, each in value.items()]
            waiting += [(key, f"{where}.{_shown(key)}") for key in value]
        elif isinstance(value, list):
            waiting += [(each, f"{where}[{number}]") for number, each in enumerate(value, 1)]
        elif not isinstance(value, str | int):
            raise PackError(name, [f"{where}: 小数・日付型は使えません。整数か、引用符で囲んだ文字で書いてください"])
        elif isinstance(value, str) and has_surrogates(value):
            raise PackError(name, [f"{where}: 文字でないもの(サロゲート)があります"])


def _shown(key: object) -> str:
    return str(key).encode("utf-8", "backslashreplace").decode()


def info_of(raw: Mapping[str, object], name: str) -> PackInfo:
    """The [pack] section."""
    section = raw.get("pack") if isinstance(raw, dict) else None
    if not isinstance(section, dict) or not isinstance(section.get("title"), str):
        raise PackError(name, ["pack.toml に [pack] の title がありません"])
    year, extends = section.get("fiscal_year"), section.get("extends", [])
    if type(year) is not int or not date.min.year < year < date.max.year:
        raise PackError(name, ["pack.toml の fiscal_year は西暦の整数で書いてください"])
    if not isinstance(extends, list) or not all(isinstance(each, str) for each in extends):
        raise PackError(name, ["pack.toml の extends は年度定義の名前の並びで書いてください"])
    flags = (section.get(each) is True for each in ("sample", "trial"))
    return PackInfo(name, section["title"], year, tuple(extends), *flags)


@lru_cache(maxsize=1)
def available_packs() -> tuple[PackInfo, ...]:
    """Every pack and overlay that ships, by name."""
    folders = sorted(path.parent for path in FOLDER.glob("*/pack.toml"))
    return tuple(info_of(read_folder(folder), folder.name) for folder in folders)
