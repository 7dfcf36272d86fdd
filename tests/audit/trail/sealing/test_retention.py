"""A month goes only when seven years are over, and only after its disposal was recorded and sealed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from psycopg import errors

from audit.trail import connections, partitions, retention, roles
from audit.trail.sealing.sealer import seal_scope

OLD = date(2010, 4, 1)


@pytest.fixture
def old_month(chain: Any, in_b: Any, audit_superuser: Any, as_login: Any) -> Any:
    """Three events of April 2010, sealed, in partitions of their own."""
    connections.use(connections.owner(), lambda owner: partitions.ensure_partitions(owner, [OLD]))
    as_login(roles.audit_login(roles.WRITER)).execute(
        "INSERT INTO trail.event (scope, prefecture_code, id, occurred_at, event, actor_kind, actor_id, actor_name,"
        " actor_role, terminal, session, subjects, detail, allowed_by, duty, case_ref) SELECT %s, '', gen_random_uuid(),"
        " '2010-04-10', 'read:list:shown', 'system', '', '', '', '', '', '[]', '{}', '', '', ''"
        " FROM generate_series(1, 3)",
        [in_b.schema_name],
    )
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
