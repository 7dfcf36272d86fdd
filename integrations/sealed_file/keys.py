"""Key files: one line of text, 32 random bytes, readable by their owner only."""

from __future__ import annotations

import base64
import binascii
import os
import stat
from pathlib import Path

from integrations.sealed_file.container import KEY_BYTES
from integrations.sealed_file.errors import KeyFileInvalid

_MARK = "shugaku-shorei-key-1:"


def make_key_file(path: Path) -> bytes:
    """Make a new key file (0600) and return its key.  Never overwrites: raises `KeyFileInvalid`."""
    key = os.urandom(KEY_BYTES)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileInvalid("同じ名前の鍵ファイルがすでにあります。上書きはしません。") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{_MARK}{base64.b64encode(key).decode()}\n")
    return key


def read_key_file(path: Path) -> bytes:
    """The key of a key file.  Raises `KeyFileInvalid` when it is missing, malformed or open to others."""
    try:
        mode, text = path.stat().st_mode, path.read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise KeyFileInvalid("鍵ファイルを読めません。場所と許可を確かめてください。") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileInvalid("鍵ファイルが他の利用者にも読める状態です。許可を0600にしてください。")
    try:
        key = base64.b64decode(text.removeprefix(_MARK), validate=True) if text.startswith(_MARK) else b""
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileInvalid("鍵ファイルの形が正しくありません。")
    return key
