"""A month goes only when seven years are over, and only after its disposal was recorded and sealed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from psycopg import errors

from audit.trail import connections, partitions, retention, roles
from audit.trail.entries import Subject
from audit.trail.reader import Filters, search
from audit.trail.sealing.sealer import PURPOSE, can_seal, seal_scope
from tenants.core.context import console_context
from tenants.core.credentials import CONSOLE
from tenants.core.keys import signing_key
from tests.audit.trail.sealing.conftest import empty

OLD = date(2010, 4, 1)
GONE = "p_goneforever2"
"""A prefecture that nobody knows any more."""


def add_old(as_login: Any, scope: str) -> None:
    as_login(roles.audit_login(roles.WRITER)).execute(
        "INSERT INTO trail.event (scope, prefecture_code, id, occurred_at, event, actor_kind, actor_id, actor_name,"
        " actor_role, terminal, session, subjects, detail, allowed_by, duty, case_ref) SELECT %s, '', gen_random_uuid(),"
        " '2010-04-10', 'read:list:shown', 'system', '', '', '', '', '', '[]', '{}', '', '', ''"
        " FROM generate_series(1, 3)",
        [scope],
    )


@pytest.fixture
def old_month(chain: Any, in_b: Any, audit_superuser: Any, as_login: Any) -> Any:
    """Three events of April 2010, sealed, in partitions of their own."""
    connections.use(connections.owner(), lambda owner: partitions.ensure_partitions(owner, [OLD]))
    add_old(as_login, in_b.schema_name)
    chain.seal()
    yield chain
    audit_superuser.execute("DROP TABLE IF EXISTS trail.event_y2010m04, trail.event_subject_y2010m04")
    audit_superuser.execute("DROP TABLE IF EXISTS trail.batch_leaves_y2010m04")


def there(superuser: Any) -> bool:
    return bool(superuser.execute("SELECT to_regclass('trail.event_y2010m04') IS NOT NULL").fetchone()[0])


def test_a_month_is_announced_sealed_and_then_dropped(old_month: Any, in_b: Any, audit_superuser: Any) -> None:
    assert retention.dispose() == 0
    assert there(audit_superuser)
    assert retention.dispose() == 0, "the disposal is not sealed yet"
    assert there(audit_superuser)
    old_month.seal()
    assert retention.dispose() == 3
    assert not there(audit_superuser)
    row = audit_superuser.execute("SELECT events FROM trail.disposal WHERE scope = %s", [in_b.schema_name]).fetchone()
    assert row == (3,)
    report = old_month.check(old_month.export())
    assert (report.findings, report.batches) == ([], 2)


def test_a_scope_that_can_seal_no_more_does_not_hold_the_month_of_all(
    old_month: Any, in_b: Any, audit_superuser: Any, as_login: Any
) -> None:
    """Nobody knows its prefecture, and its last events were never sealed: the console's chain tells of the disposal."""
    add_old(as_login, GONE)
    assert not can_seal(GONE)
    try:
        assert retention.dispose() == 0
        old_month.seal()
        assert retention.dispose() == 0, "the console's announcement is not sealed yet"
        with console_context():
            seal_scope(CONSOLE, signing_key(PURPOSE))
            (told,) = search(Filters(subject=Subject("lost_trail_month", f"{GONE} 2010-04")))
        assert (told.event, told.detail) == ("trail:lost_month:disposed", {"月": "2010-04", "件数": 3})
        assert retention.dispose() == 6
        assert not there(audit_superuser)
        left = audit_superuser.execute("SELECT count(*) FROM trail.unsealed WHERE scope = %s", [GONE]).fetchone()
        assert left == (0,)
    finally:
        empty(audit_superuser, GONE)


def test_who_has_the_key_of_its_heads_can_seal(in_b: Any) -> None:
    assert can_seal(in_b.schema_name)
    assert can_seal(CONSOLE)
    assert not can_seal("nothing of ours")


@pytest.mark.parametrize("month", ["2010-04-01", "2010-04-02", "2026-04-01"])
def test_the_database_refuses_what_is_unrecorded_or_young(old_month: Any, as_login: Any, month: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        as_login(roles.audit_login(roles.RETENTION)).execute("SELECT trail.dispose_month(%s)", [month])


@pytest.mark.parametrize(
    "statement",
    ["SELECT 1 FROM trail.event", "DELETE FROM trail.event", "DROP TABLE trail.event_y2010m04", "TRUNCATE trail.event"],
)
def test_retention_reaches_no_table(old_month: Any, as_login: Any, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        as_login(roles.audit_login(roles.RETENTION)).execute(statement)


def test_other_logins_cannot_dispose(old_month: Any, in_b: Any, as_login: Any) -> None:
    for login in (
        roles.audit_login(roles.WRITER),
        roles.audit_login(roles.SEALER),
        roles.reader_login(in_b.schema_name),
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            as_login(login).execute("SELECT trail.dispose_month('2010-04-01')")
    assert seal_scope(in_b.schema_name, old_month.key) == 0
