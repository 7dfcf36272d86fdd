"""Packs from layers, remembered by the digest of their content: equal digest, equal content, whoever's it is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from domain.rules import Pack, PackError
from domain.rules.canonical import digest_of
from domain.rules.loading import build_pack
from domain.rules.packfiles import FOLDER, read_folder
from domain.yearpacks.models import PREFIX

Raw = dict[str, object]
Layers = list[tuple[str, Raw]]
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
    digest = digest_of(layers)
    found = remembered(digest)
    if found is None:
        found = build_pack(layers[0][0], dict(layers))
        _remember(digest, found)
    return found


def remembered(digest: str) -> Pack | None:
    """A pack built before from exactly this content."""
    with _lock:
        found = _built.get(digest)
        if found is not None:
            _built.move_to_end(digest)
        return found


def _remember(digest: str, pack: Pack) -> None:
    with _lock:
        _built[digest] = pack
        while len(_built) > KEPT:
            _built.popitem(last=False)
