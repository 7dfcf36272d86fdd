"""Putting a file into a place of exchange so that nobody reads half of it, and taking it away again.

The other side may write into these folders too. No symbolic link is followed, neither in the file's name nor in any folder above
it: paths given here must be resolved. Every file that we write is a new one.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from integrations.atena_adapters.config import FolderTransport

LARGEST = 64 * 1024 * 1024  # bytes; 100,000 lines (the most that a batch may hold) of 600 bytes
_FOLDER_FLAGS = os.O_DIRECTORY | os.O_NOFOLLOW | getattr(os, "O_PATH", os.O_RDONLY)
_FILE_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe must not keep us waiting before it is refused


def drop_file(path: Path, payload: bytes, config: FolderTransport) -> None:
    """Write under a partial name, flush, rename; then the marker where one is configured."""
    _write(path, payload, config)
    if config.completion == "marker":
        _write(marker_of(path, config), marker_text(payload).encode(), config)


def read_file(path: Path) -> bytes:
    """The content of a file. Raises `OSError` for a link, for what is no file, and past `LARGEST` bytes."""
    with _folder_of(path) as folder, os.fdopen(_open(path.name, os.O_RDONLY, folder), "rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise OSError(27, "ファイルが大きすぎます")
    return content


def marker_of(path: Path, config: FolderTransport) -> Path:
    """The completion file of a file."""
    return path.with_name(path.name + config.marker_suffix)


def marker_agrees(path: Path, payload: bytes, config: FolderTransport) -> bool:
    """Whether the marker tells this size and digest."""
    return read_file(marker_of(path, config)).decode(errors="replace").split() == marker_text(payload).split()


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
    """Empty and remove one file; tells whether it was there. Raises `OSError` for a link and for what is no file."""
    try:
        with _folder_of(path) as folder:
            descriptor = _open(path.name, os.O_WRONLY, folder)
            try:
                if os.fstat(descriptor).st_nlink == 1:  # under another name it is somebody else's content
                    os.ftruncate(descriptor, 0)
            finally:
                os.close(descriptor)
            os.unlink(path.name, dir_fd=folder)
    except FileNotFoundError:
        return False
    return True


def is_folder(path: Path) -> bool:
    """Whether a path leads to a folder without any symbolic link."""
    try:
        with _folder_of(path / "x"):
            return True
    except OSError:
        return False


def try_writing(path: Path) -> None:
    """Make a new empty file and take it away. Raises `OSError`."""
    with _folder_of(path) as folder:
        os.close(os.open(path.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder))
        os.unlink(path.name, dir_fd=folder)


@contextmanager
def _folder_of(path: Path) -> Iterator[int]:
    """The folder of a file, opened step by step so that no part of the way can be exchanged for a link."""
    folder = os.open(path.anchor, _FOLDER_FLAGS)
    try:
        for part in path.parent.parts[1:]:
            below = os.open(part, _FOLDER_FLAGS, dir_fd=folder)
            os.close(folder)
            folder = below
        yield folder
    finally:
        os.close(folder)


def _open(name: str, flags: int, folder: int) -> int:
    descriptor = os.open(name, flags | _FILE_FLAGS, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(22, "ふつうのファイルではありません")
    return descriptor


def _write(path: Path, payload: bytes, config: FolderTransport) -> None:
    partial = path.name + config.partial_suffix
    mode = int(config.file_mode, 8)
    with _folder_of(path) as folder:
        with suppress(FileNotFoundError):
            os.unlink(partial, dir_fd=folder)  # left by a writer that was killed
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(partial, flags, mode, dir_fd=folder)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)  # the configuration decides, not the umask
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        os.rename(partial, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        _flush_folder(folder)


def _flush_folder(folder: int) -> None:
    descriptor = os.open(".", os.O_RDONLY, dir_fd=folder)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def marker_text(payload: bytes) -> str:
    """The content of a completion file: size and SHA-256."""
    return f"{len(payload)} {hashlib.sha256(payload).hexdigest()}\n"
