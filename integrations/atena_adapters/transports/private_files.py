"""Sealed files of ours in the exchange folder: written whole or not at all, readable by nobody else, emptied before they go."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from integrations.atena_adapters.errors import CommunicationError
from integrations.atena_adapters.transports.dropping import remove


def put_private(path: Path, data: bytes) -> None:
    """Write a file (mode 0600) under a new name and rename it into place."""
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except OSError as error:
        raise CommunicationError(f"連携フォルダーに書けません({error.strerror})。", retryable=True) from None


def remove_private(path: Path) -> None:
    """Empty and remove a file, if it is there."""
    try:
        remove(path)
    except OSError as error:
        raise CommunicationError(f"連携フォルダーから消せません({error.strerror})。", retryable=True) from None
