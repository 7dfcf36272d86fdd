"""Stored receipts of computations, written over as only somebody with the database in hand could."""

from __future__ import annotations

from typing import Any

from domain.rules.canonical import canonical_text, digest_of
from domain.statements.models import Computation


def rewritten(run: Computation) -> None:
    """Store what was changed in `run.receipt`, with the digest that the row has."""
    run.receipt_text = canonical_text({name: value for name, value in run.receipt.items() if name != "digest"})
    run.save()


def resealed(receipt: dict[str, Any]) -> dict[str, Any]:
    """The receipt with the digest of what it says now: as if an engine of that day had computed it so."""
    body = {name: value for name, value in receipt.items() if name != "digest"}
    return {**body, "digest": digest_of(body)}
