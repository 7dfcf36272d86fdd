"""Putting files where the other side reads them, and taking ours away."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from integrations.atena_adapters.simulator.profile import Profile


@dataclass(frozen=True, slots=True)
class Habits:
    """What both sides agreed on about files; `marker` "" when renaming alone tells completion."""

    partial: str = ".tmp"
    marker: str = ""
    mode: int = 0o600

    @classmethod
    def of(cls, profile: Profile) -> Habits:
        """From the transport of a profile."""
        marked = profile.option("completion", "rename") == "marker"
        marker = str(profile.option("marker_suffix", ".end")) if marked else ""
        partial = str(profile.option("partial_suffix", ".tmp"))
        return cls(partial, marker, int(str(profile.option("file_mode", "600")), 8))


def put(path: Path, payload: bytes, habits: Habits) -> None:
    """Write under a partial name, then rename; then the completion file in the same way."""
    if habits.marker:
        remove(_marker(path, habits))
    _rename_into(path, payload, habits)
    if habits.marker:
        _rename_into(_marker(path, habits), completion(payload), habits)


def completion(payload: bytes) -> bytes:
    """What a completion file says."""
    return f"{len(payload)} {hashlib.sha256(payload).hexdigest()}\n".encode()


def is_complete(path: Path, habits: Habits) -> bool:
    """Whether a file that somebody else wrote counts."""
    if not habits.marker:
        return not path.name.endswith(habits.partial)
    try:
        return _marker(path, habits).read_bytes().split() == completion(path.read_bytes()).split()
    except FileNotFoundError:
        return False


def remove_marker(path: Path, habits: Habits) -> None:
    """Take the completion file of a file away."""
    if habits.marker:
        remove(_marker(path, habits))


def remove(path: Path) -> bool:
    """Empty a file, then remove it; False when it was gone."""
    try:
        with path.open("r+b") as file:
            file.truncate(0)
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _marker(path: Path, habits: Habits) -> Path:
    return path.with_name(path.name + habits.marker)


def _rename_into(path: Path, payload: bytes, habits: Habits) -> None:
    partial = path.with_name(path.name + habits.partial)
    with os.fdopen(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, habits.mode), "wb") as file:
        os.fchmod(file.fileno(), habits.mode)  # as agreed, whatever the umask
        file.write(payload)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
