"""What the watch sees of chain, sealing and clocks: nothing while all is well, and each kind of damage by its place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from audit.trail.sealing import health as looking
from audit.trail.sealing.health import Steps, health
from audit.trail.witness.comparison import compare


@pytest.fixture
def sealed(chain: Any) -> Any:
    """Four batches of three events."""
    chain.add(12)
    while chain.seal(most=3):
        pass
    return chain


def damage(superuser: Any, statement: str) -> None:
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(statement)


def test_a_sound_chain_has_nothing_to_tell(sealed: Any) -> None:
    found = health()
    assert (found.breaks, found.unsealed_since, found.is_set_back) == ((), None, False)
    assert abs(found.apart) < 1


def test_what_waits_for_the_sealer_is_dated_by_its_oldest(sealed: Any, audit_superuser: Any) -> None:
    sealed.add(2)
    since = health().unsealed_since
    assert since is not None
    sealed.seal()
    assert health().unsealed_since is None


def test_a_chain_that_never_began_is_no_break(chain: Any) -> None:
    assert health().breaks == ()
    chain.add(1)
    assert health().unsealed_since is not None


def test_what_waits_while_the_last_seal_lies_in_the_future_is_seen_too(sealed: Any, audit_superuser: Any) -> None:
    for table in ("batch", "checkpoint"):
        ahead = f"UPDATE trail.{table} SET sealed_at = sealed_at + interval '1 day' WHERE scope = '{sealed.scope}' AND number = 4"
        damage(audit_superuser, ahead)
    sealed.add(1)
    found = health()
    assert (found.is_set_back, found.unsealed_since is not None) == (True, True)


def test_an_event_taken_from_the_sealer_is_named_by_one_night(sealed: Any, audit_superuser: Any) -> None:
    (taken,) = sealed.add(1)
    damage(audit_superuser, f"DELETE FROM trail.unsealed WHERE scope = '{sealed.scope}'")
    damage(
        audit_superuser, f"UPDATE trail.event SET recorded_at = recorded_at - interval '1 hour' WHERE id = '{taken}'"
    )
    words = f"封のない記録 {taken}"
    assert words in compare().unsigned
    assert words not in compare().unsigned


@pytest.mark.parametrize(
    ("statement", "number", "what"),
    [
        ("DELETE FROM trail.batch WHERE scope = '{}' AND number = 2", 3, "束の番号が飛んでいる"),
        ("DELETE FROM trail.batch WHERE scope = '{}' AND number = 4", 4, "最後の束が控えと合わない"),
        ("DELETE FROM trail.batch WHERE scope = '{}'", 4, "束がなくなっている"),
        ("UPDATE trail.batch SET events = 9 WHERE scope = '{}' AND number = 2", 2, "見出しと束の番号・件数が合わない"),
        (
            "UPDATE trail.batch SET signature = decode(repeat('00', 64), 'hex') WHERE scope = '{}' AND number = 3",
            3,
            "署名が見出しと合わない",
        ),
        (
            "UPDATE trail.batch SET head = head || ' ' WHERE scope = '{}' AND number = 1",
            1,
            "署名が見出しと合わない",
        ),
        ("UPDATE trail.checkpoint SET next_seq = 99 WHERE scope = '{}'", 4, "最後の束が控えと合わない"),
    ],
)
def test_each_damage_is_named_with_its_place(
    sealed: Any, audit_superuser: Any, statement: str, number: int, what: str
) -> None:
    damage(audit_superuser, statement.replace("{}", sealed.scope))
    assert (number, what) in [(one.number, one.what) for one in health().breaks]


def test_a_head_signed_anew_no_longer_joins(sealed: Any, audit_superuser: Any) -> None:
    """Whoever holds the key can sign another head; the next one still names the old."""
    from audit.trail.audit_verify import SIGNED

    (head,) = audit_superuser.execute(
        "SELECT head FROM trail.batch WHERE scope = %s AND number = 2", [sealed.scope]
    ).fetchone()
    other = head + " "
    with audit_superuser.transaction():
        audit_superuser.execute("SET LOCAL session_replication_role = replica")
        audit_superuser.execute(
            "UPDATE trail.batch SET head = %s, signature = %s WHERE scope = %s AND number = 2",
            [other, sealed.key.sign(SIGNED + other.encode()), sealed.scope],
        )
    assert [(one.number, one.what) for one in health().breaks] == [(3, "前の束につながっていない")]


def test_a_clock_set_back_behind_the_last_seal(sealed: Any, audit_superuser: Any) -> None:
    damage(
        audit_superuser,
        f"UPDATE trail.checkpoint SET sealed_at = now() + interval '1 minute' WHERE scope = '{sealed.scope}'",
    )
    assert health().is_set_back


def test_a_database_clock_apart(sealed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    really = time.time
    monkeypatch.setattr("audit.trail.sealing.health.time.time", lambda: really() - 9)
    monkeypatch.setattr(looking, "_steps", Steps())
    assert 8 < health().apart < 10


def test_a_step_is_remembered_for_a_while_and_slewing_is_none() -> None:
    steps = Steps()
    assert [steps.look(t, 1000 + t) for t in (0, 30, 60)] == [0, 0, 0]
    assert steps.look(90, 1000 + 90 - 7) == pytest.approx(-7)
    assert steps.look(120, 1000 + 120 - 7) == pytest.approx(-7)
    late = 91 + timedelta(minutes=10).total_seconds()
    assert steps.look(late, 1000 + late - 7) == 0
