"""A chain of a scope of its own: events, batches, an export of them, and the key that signs."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.trail import audit_verify, store
from audit.trail.entries import Entry, Subject, compose
from audit.trail.sealing.sealer import seal_scope
from audit.trail.vocabulary import Event

Lines = list[dict[str, Any]]


@dataclass(frozen=True)
class Chain:
    """Events go straight into the audit database (an access), are sealed at will, and are exported as a tenant would."""

    scope: str
    key: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def add(self, count: int) -> list[uuid.UUID]:
        subject = Subject("household", uuid.uuid4().hex)
        rows = [compose(Entry(Event.READ_HOUSEHOLD_SHOWN, (subject,), {"件数": n})) for n in range(count)]
        store.insert([row.content for row in rows], scope=self.scope, prefecture_code="290009")
        return [row.id for row in rows]

    def seal(self, most: int = 10_000) -> int:
        return seal_scope(self.scope, self.key, most)

    def export(self) -> Lines:
        from audit.trail.sealing.export import export_lines

        return [json.loads(line) for line in export_lines()]

    def check(self, lines: Lines, kept: tuple[dict[str, Any], ...] = ()) -> audit_verify.Report:
        heads = [audit_verify.Head.read(head) for head in kept]
        return audit_verify.verify_export((json.dumps(line) for line in lines), [self.public], heads)


@pytest.fixture
def chain(in_b: Any, audit_superuser: Any) -> Iterator[Chain]:
    """A prefecture whose trail begins anew. Only a superuser who turns the triggers off can make it so."""
    empty(audit_superuser, in_b.schema_name)
    yield Chain(in_b.schema_name, Ed25519PrivateKey.generate())
    empty(audit_superuser, in_b.schema_name)


def empty(superuser: Any, name: str) -> None:
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        for table in ("event_subject", "event", "unsealed", "batch_leaves", "batch", "checkpoint", "disposal"):
            superuser.execute(f"DELETE FROM trail.{table} WHERE scope = %s", [name])
