"""Codes that people copy from paper: activation codes (初回登録コード) and backup codes (予備コード)."""

from __future__ import annotations

import re
import secrets
from typing import Final

from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher
from django.utils.crypto import constant_time_compare

from web.text import normalise_digits

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs without 0/O and 1/I: five bits each."""

LENGTH: Final = 16
"""80 bits."""


class CodeHasher(Argon2PasswordHasher):
    """Argon2id with OWASP's least parameters (19 MiB, two passes): 80 random bits need less stretching than a password.

    Never heavier than the hash of passwords in these settings.
    """

    time_cost = 2
    parallelism = 1

    @property
    def memory_cost(self) -> int:  # type: ignore[override]
        return min(19 * 1024, getattr(get_hasher(), "memory_cost", 19 * 1024))


def new_code() -> str:
    """Four groups of four, for reading aloud and typing: ABCD-EFGH-JKLM-NPQR."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(signs[start : start + 4] for start in range(0, LENGTH, 4))


def canonical(typed: str) -> str:
    """What was typed, without case, width, spaces and hyphens; "" when it cannot be a code."""
    text = re.sub(r"[\s-]", "", normalise_digits(typed)).upper()
    return text if len(text) == LENGTH and set(text) <= set(ALPHABET) else ""


def new_salt() -> str:
    return secrets.token_hex(16)


def digest(code: str, salt: str) -> str:
    """The slow salted hash (Argon2id) of a code; the same for the same salt, so one hash serves a whole set of codes."""
    return str(CodeHasher().encode(canonical(code), salt))


def matches(code_digest: str, stored: str) -> bool:
    return constant_time_compare(code_digest, stored)
