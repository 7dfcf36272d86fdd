"""A write without its event is found, whatever way it was made; a write with its event, and a killed one, are not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from psycopg import errors, sql

from audit.trail import relay, tasks
from audit.trail.models import WitnessComparison, WitnessedEvents, WitnessedWrite
from audit.trail.recorder import Entry, record, record_many
from audit.trail.vocabulary import Event
from audit.trail.witness.comparison import compare, forget_old
from audit.trail.witness.grants import witnessed_tables
from domain.payments.models import PayerAccount
from tenants.core.credentials import login_name
from tests.support import trail

KILLED_WRITER = Path(__file__).with_name("killed_writer.py")


@pytest.fixture
def compared(workers_beside_unseen: None, really_in_a: Any) -> Iterator[Any]:
    """Inside サンプル甲県 for real, everything so far compared, and the payer's account away again at the end."""
    compare()
    relay.relay_schema(really_in_a.schema_name, really_in_a.code)
    yield really_in_a
    with transaction.atomic():
        PayerAccount.objects.all().delete()
        record(Event.ROUND_PAYER_CHANGED)
    compare()


def account(name: str = "ｻﾝﾌﾟﾙｹﾝ") -> PayerAccount:
    return PayerAccount(
        requester_code="1",
        requester_name=name,
        bank_code="0001",
        bank_name="ｻﾝﾌﾟﾙ",
        branch_code="001",
        branch_name="ﾎﾝﾃﾝ",
        account_type="1",
        account_number="1",
    )


def test_a_write_with_its_event_is_no_difference(compared: Any) -> None:
    with transaction.atomic():
        account().save()
        record(Event.ROUND_PAYER_CHANGED)
    relay.relay_schema(compared.schema_name, compared.code)
    result = compare()
    assert (result.unrecorded, result.lost) == ([], [])
    assert (result.writes, result.events >= 1) == (1, True)


@pytest.mark.parametrize("way", ["save", "bulk_create", "raw"])
def test_a_write_without_its_event_is_found(compared: Any, way: str) -> None:
    if way == "save":
        account().save()
    else:
        PayerAccount.objects.bulk_create([account()])
    if way == "raw":
        compare()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE payments_payeraccount SET requester_name = 'x'")
    (found,) = compare().unrecorded
    operation = "update" if way == "raw" else "insert"
    assert found["書込み"] == [f"payments_payeraccount {operation} 1行"]
    assert found["ログイン"] == login_name(compared.schema_name)


def test_an_update_of_a_query_and_a_delete_are_found_too(compared: Any) -> None:
    account().save()
    PayerAccount.objects.update(requester_name="x")
    PayerAccount.objects.all().delete()
    assert [one["書込み"][0].split()[1] for one in compare().unrecorded] == ["insert", "update", "delete"]


def test_the_night_names_the_difference_in_the_trail_and_does_not_repeat_it(compared: Any) -> None:
    tasks.compare_writes()  # whatever other prefectures have from before
    account().save()
    began = timezone.now()
    assert tasks.compare_writes() == 1
    relay.relay_all()
    (event,) = trail.since(began, prefix="trail:witness:differed")
    assert (event.detail["記録のない取引"], event.detail["届かない記録"]) == (1, 0)
    assert tasks.compare_writes() == 0


def test_a_transaction_still_open_is_left_for_the_next_night(compared: Any, as_login: Any) -> None:
    other = as_login(login_name(compared.schema_name), main=True)
    insert = sql.SQL("UPDATE {} SET keep_years = keep_years").format(
        sql.Identifier(compared.schema_name, "vault_vaultsettings")
    )
    from domain.vault.models import VaultSettings

    with transaction.atomic():
        VaultSettings.objects.get_or_create(pk=1)
        record(Event.NUMBER_MODE_CHANGED)
    other.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(compared.schema_name)))
    with other.transaction():
        other.execute(insert)
        assert compare().unrecorded == []
    (found,) = compare().unrecorded
    assert found["書込み"] == ["vault_vaultsettings update 1行"]


def test_what_a_killed_process_left_is_no_difference(compared: Any) -> None:
    done = subprocess.run([sys.executable, str(KILLED_WRITER)], check=False, capture_output=True, timeout=60)
    assert done.returncode == -9, done.stderr.decode()
    assert not PayerAccount.objects.exists()
    result = compare()
    assert (result.unrecorded, result.lost, result.writes) == ([], [], 0)


def test_an_event_that_never_arrived_is_found(compared: Any, as_login: Any) -> None:
    made = record(Event.STATEMENT_RECORD_SAVED)
    assert compare().lost == []
    made = record(Event.STATEMENT_RECORD_SAVED)
    outbox = sql.Identifier(compared.schema_name, "trail_outboxevent")
    as_login(login_name("relay"), main=True).execute(sql.SQL("DELETE FROM {} WHERE id = %s").format(outbox), [made])
    assert compare().lost == [str(made)]


@pytest.fixture
def injected(compared: Any) -> Any:
    """What SQL injected into a page does: a write, and a row of the outbox made from `kept`, as the scope's own login."""
    with transaction.atomic():
        account().save()
        record(Event.ROUND_PAYER_CHANGED)
    compare()

    def inject(kept: dict[str, Any]) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, kept))
        values = sql.SQL(", ").join([sql.Placeholder()] * len(kept))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE payments_payeraccount SET requester_name = 'ｼﾞﾌﾞﾝ'")
            cursor.execute(
                sql.SQL("INSERT INTO trail_outboxevent ({}) VALUES ({})").format(names, values), [*kept.values()]
            )

    return inject


def as_it_lies(event_id: Any) -> dict[str, Any]:
    """A row of the outbox as injected SQL could read it, signature and all, but for what PostgreSQL itself says of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM trail_outboxevent WHERE id = %s", [event_id])
        names = [column.name for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True))
    del row["transaction"], row["login"]
    return row


@pytest.mark.parametrize("way", ["a new event under an old signature", "without a signature", "the same event again"])
def test_a_write_with_an_event_that_the_application_did_not_make_is_found(
    compared: Any, injected: Any, way: str
) -> None:
    row = as_it_lies(record(Event.ROUND_PAYER_CHANGED))
    if way == "the same event again":
        relay.relay_schema(compared.schema_name, compared.code)
    else:
        row["id"] = uuid.uuid4()
    injected(row | ({"signature": b""} if way == "without a signature" else {}))
    result = compare()
    assert [one["書込み"] for one in result.unrecorded] == [["payments_payeraccount update 1行"]]
    assert result.unsigned == [str(row["id"])]
    assert result.differs


def test_the_signature_of_an_event_that_was_undone_fits_no_other_transaction(compared: Any, injected: Any) -> None:
    with transaction.atomic():
        row = as_it_lies(record(Event.ROUND_PAYER_CHANGED))
        transaction.set_rollback(True)
    injected(row)
    result = compare()
    assert (len(result.unrecorded), result.unsigned) == (1, [str(row["id"])])


def test_an_event_recorded_after_a_part_was_undone_is_the_applications_own(compared: Any) -> None:
    with transaction.atomic():
        record(Event.ROUND_PAYER_CHANGED)
        with transaction.atomic():
            record(Event.ROUND_PAYER_CHANGED)
            transaction.set_rollback(True)
        account().save()
        record_many(Entry(Event.ROUND_PAYER_CHANGED) for _ in range(60))
    result = compare()
    before = 1  # what the comparison before recorded of itself
    assert (result.events - before, result.unrecorded, result.unsigned) == (61, [], [])


def test_a_comparison_made_up_hides_nothing_and_is_named(compared: Any) -> None:
    account().save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        until = cursor.fetchone()[0] + 1
    forged = WitnessComparison.objects.create(
        compared_at=timezone.now(), until=until, writes=0, events=0, signature="署名"
    )
    result = compare()
    assert [one["書込み"] for one in result.unrecorded] == [["payments_payeraccount insert 1行"]]
    assert result.unsigned == [f"照合 {forged.pk}"]
    assert compare().unsigned == []


@pytest.mark.parametrize("table", ["trail_witnesscomparison", "trail_handedhead", "review_alertstep"])
def test_nobody_chooses_the_number_of_a_row_that_is_only_added_to(prefecture_a: Any, as_login: Any, table: str) -> None:
    own = as_login(login_name(prefecture_a.schema_name), main=True)
    with pytest.raises(errors.InsufficientPrivilege):
        own.execute(f"INSERT INTO {prefecture_a.schema_name}.{table} (id) VALUES (9000000000000000000)")
    held = "SELECT has_any_column_privilege(%s, 'INSERT'), has_column_privilege(%s, 'id', 'INSERT')"
    assert own.execute(held, [f"{prefecture_a.schema_name}.{table}"] * 2).fetchone() == (True, False)


def test_a_login_leaves_no_transaction_open(prefecture_a: Any, as_login: Any) -> None:
    own = as_login(login_name(prefecture_a.schema_name), main=True)
    settings = ("transaction_timeout", "idle_in_transaction_session_timeout")
    assert [own.execute(f"SHOW {name}").fetchone()[0] for name in settings] == ["1h", "10min"]


def test_every_table_of_vault_statements_and_payments_has_its_witness(in_a: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relnamespace = current_schema()::regnamespace AND t.tgname LIKE 'trail_witness_%%' GROUP BY 1",
            [],
        )
        witnessed = dict(cursor.fetchall())
    tables = witnessed_tables()
    assert {"vault_personnumber", "statements_determination", "payments_pupilpayment"} <= set(tables)
    assert witnessed == dict.fromkeys(tables, 4) | {"trail_outboxevent": 1}


@pytest.mark.parametrize("table", ["trail_witnessedwrite", "trail_witnessedevents"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET transaction = 0", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"]
)
def test_a_prefecture_cannot_touch_what_the_witness_noted(
    prefecture_a: Any, as_login: Any, table: str, statement: str
) -> None:
    own = as_login(login_name(prefecture_a.schema_name), main=True)
    with pytest.raises(errors.InsufficientPrivilege):
        own.execute(statement.format(f"{prefecture_a.schema_name}.{table}"))


def test_only_what_is_old_is_forgotten(in_a: Any) -> None:
    record(Event.STATEMENT_RECORD_SAVED)
    account().save()
    before = (WitnessedWrite.objects.count(), WitnessedEvents.objects.count())
    assert min(before) > 0
    forget_old()
    assert (WitnessedWrite.objects.count(), WitnessedEvents.objects.count()) == before
    assert WitnessComparison._meta.verbose_name == "書込みと記録の照合"


def test_what_no_night_looked_at_is_not_forgotten_however_old(compared: Any, postgres: Any) -> None:
    account().save()
    own = WitnessedWrite.objects.filter(pk=WitnessedWrite.objects.latest("pk").pk)
    with postgres.connect(os.environ["TESTS_DATABASE"]) as superuser:
        older = "UPDATE {} SET written_at = written_at - interval '36 days' WHERE id = %s"
        table = sql.Identifier(compared.schema_name, "trail_witnessedwrite")
        superuser.execute(sql.SQL(older).format(table), [own.get().pk])
    forget_old()
    assert [one["書込み"] for one in compare().unrecorded] == [["payments_payeraccount insert 1行"]]
    _forgotten(own)


def _forgotten(rows: Any) -> None:
    """The database keeps what is younger than the oldest open transaction of the whole cluster, where other workers have theirs."""
    until = time.monotonic() + 120
    while rows.exists():
        assert time.monotonic() < until
        forget_old()
        time.sleep(0.2)
