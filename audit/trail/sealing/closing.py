"""The end of a scope's chain: everything that waits is moved and sealed while the key of its heads is still there."""

import time

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from audit.trail import connections
from audit.trail.grants import OUTBOX_TABLE
from audit.trail.relay import relay_schema
from audit.trail.sealing.sealer import PURPOSE, ClockUnfit, inside, seal_scope, waiting_scopes
from tenants.core.keys import KeyMissing, signing_key
from tenants.core.providers import SealBroken

TRIES = 5
"""A second apart: the relay or the sealer may be at work on the same scope just then."""


class ChainOpen(Exception):
    """`trail.chain-open`: something of a scope is not sealed, and its key must not go yet."""

    identifier = "trail.chain-open"


def key_of_heads(scope: str) -> Ed25519PrivateKey | None:
    """None once the scope's keys were destroyed. Raises SealBroken where one was tampered with."""
    try:
        with inside(scope):
            return signing_key(PURPOSE)
    except KeyMissing:
        return None


def close_chain(scope: str, prefecture_code: str, key: Ed25519PrivateKey | None) -> None:
    """Move what waits in the outbox, and seal all that is stored; without a key, only look. Raises ChainOpen: something is left."""
    try:
        for tried in range(TRIES if key else 1):
            time.sleep(min(tried, 1))
            if key:
                relay_schema(scope, prefecture_code)
                seal_scope(scope, key)
            if not _waits(scope):
                return
    except (psycopg.Error, ClockUnfit, SealBroken) as error:
        raise ChainOpen(type(error).__name__) from error
    raise ChainOpen("something waits that cannot be stored or sealed")


def _waits(scope: str) -> bool:
    if scope in waiting_scopes():
        return True
    asked = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(scope, OUTBOX_TABLE))
    return connections.use(connections.relay(), lambda main: main.execute(asked).fetchone()) is not None
