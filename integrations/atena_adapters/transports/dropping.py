"""Putting a file into a place of exchange so that nobody reads half of it, and taking it away again."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from integrations.atena_adapters.config import FolderTransport


def drop_file(path: Path, payload: bytes, config: FolderTransport) -> None:
    """Write under a partial name, flush, rename; then the marker where one is configured."""
    _write(path, payload, config)
    if config.completion == "marker":
        _write(marker_of(path, config), _marker_text(payload).encode(), config)


def marker_of(path: Path, config: FolderTransport) -> Path:
    """The completion file of a file."""
    return path.with_name(path.name + config.marker_suffix)


def marker_agrees(path: Path, payload: bytes, config: FolderTransport) -> bool:
    """Whether the marker tells this size and digest."""
    return marker_of(path, config).read_text(errors="replace").split() == _marker_text(payload).split()


def erase(path: Path, config: FolderTransport) -> bool:
    """Empty and remove a file and its marker; tells whether the file was there.

    A partial file is left alone: it may be the other side's, which is about to rename it.
    """
    remove(marker_of(path, config))
    return remove(path)


def erase_own(path: Path, config: FolderTransport) -> bool:
    """The same for a file that we write ourselves, with what a killed writer left of it."""
    remove(path.with_name(path.name + config.partial_suffix))
    return erase(path, config)


def remove(path: Path) -> bool:
    """Empty and remove one file; tells whether it was there."""
    try:
        os.truncate(path, 0)
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _write(path: Path, payload: bytes, config: FolderTransport) -> None:
    partial = path.with_name(path.name + config.partial_suffix)
    mode = int(config.file_mode, 8)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)  # the configuration decides, not the umask
        file.write(payload)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _marker_text(payload: bytes) -> str:
    return f"{len(payload)} {hashlib.sha256(payload).hexdigest()}\n"
