"""Stored receipts of computations, written over as only somebody with the database in hand could."""

from __future__ import annotations

from domain.rules.canonical import canonical_text
from domain.statements.models import Computation


def rewritten(run: Computation) -> None:
    """Store what was changed in `run.receipt`, with the digest that the row has."""
    run.receipt_text = canonical_text({name: value for name, value in run.receipt.items() if name != "digest"})
    run.save()
