"""Names and passwords of the database logins.

No password is stored: each is derived from the master key and the login's name, so that a process needs nothing but the master
key, and a new master key means new passwords everywhere (`manage.py rotate_keys master`).
"""

from __future__ import annotations

import re

from django.conf import settings

from tenants.core.providers import provider

GATEWAY = "gateway"
CONSOLE = "console"
OWNER = "owner"
RELAY = "relay"

LIMITS = {
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "10min",
    "transaction_timeout": "1h",
}
"""So long a statement and a transaction of a prefecture may take; asked for anew with every connection, whatever the login has stored
for itself. A transaction that stays open holds up vacuuming and the nightly comparison, of every prefecture alike."""

_SCHEMA = re.compile(r"p_[a-z2-7]{12}\Z")


def login_name(kind: str) -> str:
    """Login of the main database for gateway, console, owner, relay or the schema of a prefecture."""
    if kind not in {GATEWAY, CONSOLE, OWNER, RELAY} and not is_schema_name(kind):
        raise ValueError(f"no database login belongs to {kind!r}")
    return f"{settings.ROLE_PREFIX}_{kind}"


def derive(login: str) -> str:
    """The password of a login under the master key of today."""
    return passwords_of(login)[0]


def passwords_of(login: str) -> list[str]:
    """Today's password first; others while the master key is being changed (`manage.py rotate_keys master`)."""
    return provider().login_secrets(login)


def is_schema_name(text: str) -> bool:
    """Schemas of prefectures have opaque names: any login can read them in pg_catalog."""
    return _SCHEMA.match(text) is not None
