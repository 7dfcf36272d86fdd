"""Putting a file into a place of exchange so that nobody reads half of it, and taking it away again.

The other side may write into these folders too. No symbolic link is followed, neither in the file's name nor in any folder above
it: paths given here must be resolved. Every file that we write is a new one.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from integrations.atena_adapters.config import FolderTransport
from integrations.atena_adapters.transports.base import digest_of
from integrations.atena_adapters.transports.naming import ERASING

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


def erase(path: Path, config: FolderTransport) -> None:
    """Empty and remove a file and its marker.

    A partial file is left alone: it may be the other side's, which is about to rename it.
    """
    remove(marker_of(path, config))
    remove(path)


def erase_own(path: Path, config: FolderTransport) -> None:
    """The same for a file that we write ourselves, with what a killed writer left of it."""
    remove(path.with_name(path.name + config.partial_suffix))
    erase(path, config)


def erase_read(path: Path, config: FolderTransport, read: Container[str]) -> bool:
    """Empty and remove a file whose content is among what was `read`, then the marker that goes with it. Whether nothing is left.

    Each goes aside before it goes, and comes back when it is not what was looked at: the other side may put another one in its place
    at any moment. What a kill left aside comes back first.
    """
    marker = marker_of(path, config)
    for each in (path, marker):
        _put_back(each)
    try:
        payload = read_file(path)
    except FileNotFoundError:
        return _remove_if(marker, lambda _: not os.path.lexists(path))  # a kill left it behind its file
    if digest_of(payload) not in read or not _remove_if(path, lambda content: content == payload):
        return False
    told = marker_text(payload).encode().split()
    return _remove_if(marker, lambda content: config.completion == "rename" or content.split() == told)


def names_in(folder: Path) -> list[str]:
    """The names in a folder; none when it is not there. Raises `OSError`."""
    try:
        with _folder_of(folder / "x") as found:
            descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=found)
            try:
                return os.listdir(descriptor)
            finally:
                os.close(descriptor)
    except FileNotFoundError:
        return []


def _remove_if(path: Path, agrees: Callable[[bytes], bool]) -> bool:
    """Remove a file if its content agrees, so that nothing that takes its name meanwhile goes with it. Whether it is gone."""
    aside = path.with_name(path.name + ERASING)
    try:
        with _folder_of(path) as folder:
            os.rename(path.name, aside.name, src_dir_fd=folder, dst_dir_fd=folder)
    except FileNotFoundError:
        return True
    try:
        if agreed := agrees(read_file(aside)):
            remove(aside)
    finally:
        _put_back(path)
    return agreed


def _put_back(path: Path) -> None:
    """What is aside takes its name again, unless the other side has put a newer one there."""
    aside = path.with_name(path.name + ERASING)
    if os.path.lexists(path):
        remove(aside)
    elif os.path.lexists(aside):
        with _folder_of(path) as folder:
            os.rename(aside.name, path.name, src_dir_fd=folder, dst_dir_fd=folder)


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
