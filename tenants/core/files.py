"""Files of the current scope: below its own folder, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from django.conf import settings

from tenants.core.context import scope


class DiskFull(OSError):
    """`storage.full`: the disk is full; nothing of the file was kept."""

    identifier = "storage.full"

    def __init__(self, name: str) -> None:
        super().__init__(
            errno.ENOSPC,
            f"ファイル「{name}」を書き出せません。保存先の空き容量がありません。"
            "書きかけのファイルは残していません。空き容量を確保してから、もう一度実行してください。",
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


def write_atomically(relative: str | Path, data: bytes) -> Path:
    """Write a file so that a reader sees the old content or the new, never a part. Raises DiskFull."""
    path = resolve(relative)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(partial).unlink()
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(path.name) from error
        raise
    return path


def read(relative: str | Path) -> bytes:
    return resolve(relative).read_bytes()
