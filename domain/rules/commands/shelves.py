"""Where a command looks for packs: folders given by `--packs`, folders named as a path, and those that ship."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from domain.rules.errors import CaseError
from domain.rules.yearpack.loading import Loader, load_pack

OPTION = "--packs"


def shelves(arguments: Sequence[str]) -> tuple[list[str], tuple[Path, ...]]:
    """The arguments without `--packs FOLDER` (or `--packs=FOLDER`), and those folders.  CaseError where one is not there."""
    rest: list[str] = []
    found: list[Path] = []
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        name, given, value = word.partition("=")
        if name != OPTION:
            rest.append(word)
            continue
        value = value if given else waiting.pop(0) if waiting else ""
        folder = Path(os.path.abspath(value))
        if not value or not os.path.isdir(folder):
            raise CaseError(f"{OPTION} には年度定義のフォルダーを入れたフォルダーを書いてください: {value or '(なし)'}")
        found.append(folder)
    return rest, tuple(found)


def from_paths(names: Sequence[str], more: Sequence[Path]) -> tuple[list[str], tuple[Path, ...]]:
    """Names of packs, of which some may be paths to their folders (with a /), and where to look for them."""
    paths = {name: Path(os.path.abspath(name)) for name in names if os.sep in name or name in (os.curdir, os.pardir)}
    parents = [path.parent for path in paths.values()]
    return [paths[name].name if name in paths else name for name in names], (*parents, *more)


def loader(more: Sequence[Path]) -> Loader:
    """Packs of these folders before those that ship."""
    return partial(load_pack, more=tuple(more))
