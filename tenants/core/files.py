"""Files of the current scope: below its own folder, sealed with its key, written whole or not at all.

A stolen disk or backup shows neither rosters nor forms; destroying the key of a scope makes its files unreadable too.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from django.conf import settings

from tenants.core import keys
from tenants.core.context import scope

PURPOSE = "files"
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


class DiskFull(OSError):
    """`storage.full`: the disk is full; nothing of the file was kept."""

    identifier = "storage.full"

    def __init__(self, name: str) -> None:
        super().__init__(
            errno.ENOSPC,
            f"ファイル「{name}」を保存できません。保存先の空き容量がありません。"
            "書きかけのファイルは残していません。運用の担当者に連絡し、空き容量ができてから、もう一度実行してください。",
        )


class OutsideStorage(ValueError):
    """A path that leaves the scope's own folder."""


def storage_root() -> Path:
    """The folder of the current scope, made on first use, closed to other users."""
    root = Path(settings.FILES_ROOT) / scope()
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return root


def resolve(relative: str | Path) -> Path:
    """The absolute path of a file of this scope. Raises OutsideStorage for anything that leads elsewhere."""
    root = storage_root().resolve()
    path = (root / relative).resolve()
    if not path.is_relative_to(root):
        raise OutsideStorage("この都道府県の保存場所の外は指定できません。")
    return path


def write_atomically(relative: str | Path, data: bytes, name: str = "") -> Path:
    """Seal and write a file so that a reader sees the old content or the new, never a part.

    Raises DiskFull, also when there is no room for a folder of it; `name` is what people call the file.
    """
    try:
        path = resolve(relative)
        sealed = keys.seal(PURPOSE, data, _place(path))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(path, sealed)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(name or Path(relative).name) from error
        raise
    return path


def _replace(path: Path, data: bytes) -> None:
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(partial).unlink()
        raise


def read(relative: str | Path) -> bytes:
    """The content as it was written. Raises SealBroken when the file was altered or comes from another place."""
    path = resolve(relative)
    return keys.unseal(PURPOSE, path.read_bytes(), _place(path))


def _place(path: Path) -> str:
    return path.relative_to(storage_root().resolve()).as_posix()
