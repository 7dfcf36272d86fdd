"""Which pack a name means: shipped folders by their name, `board-2025-3` the prefecture's own approved revision."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from domain.rules import Pack, PackError, load_pack
from domain.rules.canonical import digest_of
from domain.rules.yearpack.parsing.layer import FolderContent
from domain.yearpacks.building import Layers, build, files_of, is_own, key_of, remembered, shipped_layers
from domain.yearpacks.errors import ContentChanged, RevisionUnknown
from domain.yearpacks.models import PREFIX, KeptPack, Revision

_NAME = re.compile(rf"{PREFIX}-(\d{{4}})-(\d{{1,4}})")


def pack_of(name: str, overlays: Sequence[str] = ()) -> Pack:
    """The pack `name` with `overlays`, of which the last may be the prefecture's own approved revision.

    Raises PackError (faulty or unknown), RevisionUnknown (no approved revision of this prefecture), ContentChanged.
    """
    own = [each for each in overlays if is_own(each)]
    if not own:
        return load_pack(name, tuple(overlays))
    revision = approved_revision(own[0])
    if (name, tuple(overlays)) != (revision.base, revision.overlays):
        raise PackError(own[0], [f"この改訂は「{'+'.join([revision.base, *revision.shipped])}」に重ねて使います。"])
    return pack_by_digest(revision.digest)


def approved_revision(name: str) -> Revision:
    """Raises RevisionUnknown."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise RevisionUnknown(name)
    revision = Revision.objects.filter(
        fiscal_year=int(found[1]), number=int(found[2]), state=Revision.State.APPROVED
    ).first()
    if revision is None or revision.name != name:
        raise RevisionUnknown(name)
    return revision


def draft_pack(revision: Revision) -> Pack:
    """The pack a revision gives with its content as it stands now, whatever its state. Raises PackError."""
    return build(layers_of(revision))


def layers_of(revision: Revision) -> Layers:
    """Base, shipped overlays, the revision's own content."""
    return [*shipped_layers(revision.base, revision.shipped), (revision.name, revision.content)]


def pack_by_digest(digest: str) -> Pack:
    """The pack a decision was made with, rebuilt from what was kept then. Raises RevisionUnknown, ContentChanged."""
    kept = KeptPack.objects.filter(pk=digest).defer("layers").first()
    if kept is None:
        raise RevisionUnknown(digest)
    found = remembered(key_of(digest, kept.files))
    if found is not None:
        return found
    layers = zip(kept.layers, kept.files, strict=True)
    pack = build([(name, FolderContent(raw, files)) for (name, raw), files in layers])
    if pack.digest != digest:
        raise ContentChanged(kept.name)
    return pack


def pack_of_receipt(named: Mapping[str, Any]) -> Pack:
    """The very pack a receipt was made with (`name`, `overlays`, `digest`), whatever is in force or shipped now.

    Raises RevisionUnknown, ContentChanged, PackError.
    """
    digest = str(named["digest"])
    if KeptPack.objects.filter(pk=digest).exists():
        return pack_by_digest(digest)
    pack = pack_of(str(named["name"]), tuple(named["overlays"]))
    if pack.digest != digest:
        raise ContentChanged(str(named["name"]))
    return pack


def keep_used(pack: Pack) -> None:
    """Keep the whole content of a pack that decisions are about to be made with, so that they can always be rebuilt."""
    if any(is_own(each) for each in pack.overlays) or KeptPack.objects.filter(pk=pack.digest).exists():
        return
    layers = shipped_layers(pack.name, pack.overlays)
    if digest_of(layers) == pack.digest:
        _keep(pack, layers)


def keep_revision(revision: Revision) -> str:
    """Keep the content of a revision; the digest of its pack."""
    pack = draft_pack(revision)
    _keep(pack, layers_of(revision))
    return pack.digest


def _keep(pack: Pack, layers: Layers) -> None:
    KeptPack.objects.get_or_create(
        pk=pack.digest,
        defaults={
            "name": pack.name,
            "overlays": list(pack.overlays),
            "layers": [list(layer) for layer in layers],
            "files": files_of(layers),
        },
    )
