"""What injected SQL, writing as the login of one prefecture, cannot do to the trail with a row of keys or of the outbox."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from audit.trail import relay
from audit.trail.recorder import record
from audit.trail.vocabulary import Event
from audit.trail.witness.signing import PURPOSE
from tenants.core import keys
from tests.audit.trail.test_refusing import put
from tests.audit.trail.test_witness import as_it_lies

_ADD = (
    "INSERT INTO keyring_wrappedkey (purpose, number, year, wrapped, created_at, fingerprint)"
    " VALUES (%s, %s, 2025, %s, now(), '')"
)


def add_key(purpose: str, number: int, wrapped: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [purpose, number, wrapped])
    keys.forget_kept_keys()


@pytest.mark.parametrize("wrapped", [b"\x7f\xff", b"\x00\x01", b"", b"\x00\x01" + bytes(40)])
def test_a_key_that_was_added_signs_nothing(in_a: Any, wrapped: bytes) -> None:
    before = keys.signer(PURPOSE)(b"x")
    public = keys.signing_key("trail.heads").public_key()
    for purpose in (f"sign:{PURPOSE}", "ed25519:trail.heads"):
        add_key(purpose, 32767, wrapped)
    assert keys.signer(PURPOSE)(b"x") == before
    assert keys.signing_key("trail.heads").public_key() == public


@pytest.mark.parametrize("wrapped", [b"\x7f\xff" + bytes(60), b"\x00\x01", b"", b"\x00\x01" + bytes(60)])
def test_a_key_that_is_made_up_is_told_as_altered_and_not_as_missing(in_a: Any, wrapped: bytes) -> None:
    """Missing would mean a scope without keys, where nothing is signed and everything is taken."""
    keys.seal("something", b"x", aad="y")  # the scope has its key
    add_key("sign:made-up", 1, wrapped)
    with pytest.raises(keys.SealBroken):
        keys.signer("made-up")


@pytest.mark.parametrize(
    "changed",
    [
        {"occurred_at": "infinity"},
        {"occurred_at": "-infinity"},
        {"occurred_at": "20000-01-01"},
        {"id": uuid.UUID(int=0)},
    ],
)
def test_an_event_that_nobody_could_take_cannot_be_put_there(in_a: Any, changed: dict[str, Any]) -> None:
    row = as_it_lies(record(Event.ROUND_PAYER_CHANGED)) | {"id": uuid.uuid4()}
    with pytest.raises(DatabaseError, match="outbox_event_can_be_taken"), transaction.atomic():
        put(row | changed)


def test_an_outbox_that_fails_in_any_way_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch, database: None
) -> None:
    seen: list[str] = []

    def move(schema: str, _: str) -> int:
        seen.append(schema)
        if len(seen) == 1:
            raise ValueError("as a library might")
        return 1

    monkeypatch.setattr(relay, "relay_schema", move)
    assert relay.relay_all() == len(seen) - 1 >= 1


@pytest.mark.parametrize(
    ("module", "work", "task"),
    [
        ("audit.trail.tasks", "compare", "compare_writes"),
        ("audit.detection.tasks", "sweep", "sweep_trail"),
        ("audit.trail.tasks", "hand_out_one", "hand_out"),
    ],
)
def test_one_prefecture_that_fails_fails_the_task_after_the_turn_of_all(
    monkeypatch: pytest.MonkeyPatch, database: None, module: str, work: str, task: str
) -> None:
    from importlib import import_module

    from tenants.core.context import scope

    seen: list[str] = []

    def fail(*_: Any) -> int:
        seen.append(scope())
        raise ValueError("as a library might")

    tasks = import_module(module)
    monkeypatch.setattr(tasks, work, fail)
    with pytest.raises(ExceptionGroup) as failed:
        getattr(tasks, task)()
    assert len(failed.value.exceptions) == len(seen) == len(set(seen)) >= 2
