"""A sealed file: authenticated encryption for what must not lie about in the clear.

Used for the file of 個人番号 that a school hands in, and for the simulator's population.
"""

from integrations.sealed_file.container import key_id, open_sealed, read_header, seal, seal_file, unseal
from integrations.sealed_file.errors import (
    Altered,
    KeyFileInvalid,
    NotSealed,
    SealedFileError,
    Truncated,
    WrongKey,
    WrongPlace,
)
from integrations.sealed_file.header import Header
from integrations.sealed_file.keys import make_key_file, read_key_file

__all__ = [
    "Altered", "Header", "KeyFileInvalid", "NotSealed", "SealedFileError", "Truncated", "WrongKey", "WrongPlace",
    "key_id", "make_key_file", "open_sealed", "read_header", "read_key_file", "seal", "seal_file", "unseal",
]  # fmt: skip
