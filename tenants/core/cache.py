"""The cache: keys carry the scope, so that one prefecture can never read what another one cached; values are JSON, so that
whoever can write into the cache's server can plant wrong values at most, never code (Django's own serializer is pickle).
"""

from __future__ import annotations

import json
import logging
from typing import Any

from tenants.core.context import NoScope, scope

logger = logging.getLogger(__name__)


def scoped_key(key: str, key_prefix: str, version: int) -> str:
    """Django's KEY_FUNCTION. Outside of every scope only the registry's own entries exist."""
    try:
        owner = scope()
    except NoScope:
        owner = "gateway"
    return f"{owner}:{key_prefix}:{version}:{key}"


class JsonSerializer:
    """Values as JSON. What is no JSON was not written by us: it counts as nothing."""

    def dumps(self, value: object) -> bytes | int:
        """Raises TypeError for what JSON cannot hold. A whole number stays one, so that the server can add to it."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            logger.warning("cache: a value that is not JSON was ignored")
            return None
