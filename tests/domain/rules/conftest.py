"""Packs for the tests; loaded once."""

from __future__ import annotations

import pytest

from domain.rules import Pack, load_pack


@pytest.fixture(scope="session")
def base() -> Pack:
    """The pack as published figures allow it."""
    return load_pack("R07-former-standard")


@pytest.fixture(scope="session")
def sample() -> Pack:
    """The pack with the fictitious board settings."""
    return load_pack("R07-former-standard", ("sample-operator",))
