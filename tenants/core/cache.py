"""Cache keys carry the scope, so that one prefecture can never read what another one cached."""

from __future__ import annotations

from tenants.core.context import NoScope, scope


def scoped_key(key: str, key_prefix: str, version: int) -> str:
    """Django's KEY_FUNCTION. Outside of every scope only the registry's own entries exist."""
    try:
        owner = scope()
    except NoScope:
        owner = "gateway"
    return f"{owner}:{key_prefix}:{version}:{key}"
