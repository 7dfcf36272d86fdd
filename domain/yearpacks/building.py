"""Packs from layers, remembered by the digest of their content: equal digest, equal content, whoever's it is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from domain.rules import Pack, PackError
from domain.rules.canonical import digest_of
from domain.rules.yearpack.files import FOLDER, read_folder
from domain.rules.yearpack.loading import build_pack
from domain.rules.yearpack.parsing.layer import FolderContent
from domain.yearpacks.models import PREFIX

Raw = dict[str, object]
Layers = list[tuple[str, Raw]]
Files = list[dict[str, str]]
KEPT = 48

_built: OrderedDict[str, Pack] = OrderedDict()
_lock = Lock()


def is_own(name: str) -> bool:
    """Whether the name is that of a board's own revision."""
    return name.startswith(f"{PREFIX}-")


def shipped_layer(name: str) -> Raw:
    """Content of a shipped folder. Raises PackError."""
    if not name or "/" in name or "\\" in name or name.startswith(".") or is_own(name):
        raise PackError(name, ["年度定義の名前が正しくありません"])
    return read_folder(FOLDER / name)


def shipped_layers(base: str, shipped: Sequence[str]) -> Layers:
    """The base and the shipped overlays, in order. Raises PackError."""
    return [(name, shipped_layer(name)) for name in (base, *shipped)]


def build(layers: Layers) -> Pack:
    """The pack of these layers, the base first. Raises PackError naming every fault."""
    key = key_of(digest_of(layers), files_of(layers))
    found = remembered(key)
    if found is None:
        found = build_pack(layers[0][0], dict(layers))
        _remember(key, found)
    return found


def files_of(layers: Layers) -> Files:
    """Which file each section of each layer came from: rows are named by it."""
    return [raw.files if isinstance(raw, FolderContent) else {} for _, raw in layers]


def key_of(digest: str, files: Files) -> str:
    """Content and the names of its rows."""
    return f"{digest} {digest_of(files)}"


def remembered(key: str) -> Pack | None:
    """A pack built before from exactly this content, with the same names of rows (`key_of`)."""
    with _lock:
        found = _built.get(key)
        if found is not None:
            _built.move_to_end(key)
        return found


def _remember(key: str, pack: Pack) -> None:
    with _lock:
        _built[key] = pack
        while len(_built) > KEPT:
            _built.popitem(last=False)
