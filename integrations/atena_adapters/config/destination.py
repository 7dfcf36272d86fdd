"""Where a configuration sends its secret, and how: a secret that was handed over for one destination is not for another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ITEMS = ("kind", "base_url", "auth", "auth_header", "auth_secret", "ca_file", "token_path", "token_audience", "client_id",
    "download_hosts", "host", "port", "user", "host_key", "database", "folder", "secret",
)  # fmt: skip


def destination(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Of a stored configuration, which need not be valid any more. Two that are equal may share their secrets."""
    transport = config.get("transport") or {}
    return tuple(str(transport.get(item, "")) for item in _ITEMS)
