"""Names and passwords of the database logins.

No password is stored: each is derived from the master key and the login's name, so that a process needs nothing but the master
key, and a new master key means new passwords everywhere (`manage.py rotate_logins`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from django.conf import settings

GATEWAY = "gateway"
CONSOLE = "console"
OWNER = "owner"
RELAY = "relay"

_SCHEMA = re.compile(r"p_[a-z2-7]{12}\Z")


def login_name(kind: str) -> str:
    """Login of the main database for gateway, console, owner, relay or the schema of a prefecture."""
    if kind not in {GATEWAY, CONSOLE, OWNER, RELAY} and not is_schema_name(kind):
        raise ValueError(f"no database login belongs to {kind!r}")
    return f"{settings.ROLE_PREFIX}_{kind}"


def derive(login: str) -> str:
    """The password of a login."""
    digest = hmac.new(settings.MASTER_KEY.encode(), f"database-login:{login}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_schema_name(text: str) -> bool:
    """Schemas of prefectures have opaque names: any login can read them in pg_catalog."""
    return _SCHEMA.match(text) is not None
