"""団体内統合宛名番号 into the vault; who gets somebody else's is noted with the other, and both are stopped."""

from __future__ import annotations

from collections.abc import Mapping

from domain.vault.desk.conflicts import note_unified
from domain.vault.services import HeldByAnother, store_unified


def store_each(pairs: Mapping[int, str], batch: str) -> list[int]:
    """Store by member id; returns the people whose number somebody else has already (the others are stored)."""
    if not pairs:
        return []
    try:
        store_unified(pairs, batch=batch)
    except HeldByAnother:
        return [member for member, number in pairs.items() if not _stored(member, number, batch)]
    return []


def _stored(member: int, number: str, batch: str) -> bool:
    try:
        store_unified({member: number}, batch=batch)
    except HeldByAnother:
        note_unified(member, number)
        return False
    return True
