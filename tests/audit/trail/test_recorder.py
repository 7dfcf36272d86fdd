from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import DataError, transaction
from django.utils import timezone

from audit.trail import reader, roles, store
from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.entries import MOST_BYTES, EventTooLarge
from audit.trail.recorder import (
    Entry,
    Subject,
    TrailUnavailable,
    record,
    record_access,
    record_access_many,
    record_many,
)
from audit.trail.screening import NumberInTrail
from audit.trail.vocabulary import Event
from tests.support import trail
from tests.support.outbox import outbox

CLERK = Actor(ActorKind.PERSON, "7", "山田 花子", "学校事務担当", terminal="t-1", session="ab12")
LIKE_A_NUMBER = "123456789018"


def test_an_act_is_written_with_who_what_and_why(in_a: Any) -> None:
    with acting_as(CLERK):
        made = record(
            Event.STATEMENT_RECORD_FORWARDED,
            subjects=[Subject("statement", "5")],
            detail={"件数": 2},
            allowed_by="forward_statement",
            duty="就学奨励費",
            case="R8-12",
        )
    row = outbox.get(pk=made)
    assert (row.event, row.actor_name, row.terminal) == ("statement:record:forwarded", "山田 花子", "t-1")
    assert row.subjects == [{"kind": "statement", "id": "5"}]
    assert (row.detail, row.allowed_by, row.duty, row.case_ref) == (
        {"件数": 2},
        "forward_statement",
        "就学奨励費",
        "R8-12",
    )


def test_an_act_that_is_undone_leaves_no_event(in_a: Any) -> None:
    with transaction.atomic():
        made = record(Event.STATEMENT_RECORD_FORWARDED)
        transaction.set_rollback(True)
    assert not outbox.filter(pk=made).exists()


@pytest.mark.parametrize(
    ("detail", "refusal"), [({"理由": "\x00"}, DataError), ({"理由": "あ" * MOST_BYTES}, EventTooLarge)]
)
def test_an_event_that_could_not_be_moved_is_refused_with_its_act(in_a: Any, detail: Any, refusal: Any) -> None:
    before = outbox.count()
    with pytest.raises(refusal), transaction.atomic():
        record(Event.STATEMENT_RECORD_FORWARDED, detail=detail)
    assert outbox.count() == before


def test_many_acts_at_once(in_a: Any) -> None:
    before = outbox.count()
    made = record_many(Entry(Event.HOUSEHOLD_RECORD_CREATED, (Subject("household", str(n)),)) for n in range(2_500))
    assert len(set(made)) == 2_500
    assert outbox.count() == before + 2_500


def test_nothing_is_nothing(in_a: Any) -> None:
    assert record_many([]) == []
    assert record_access_many([]) == []


def test_a_number_is_refused_and_nothing_is_written(in_a: Any) -> None:
    before = outbox.count()
    for attempt in (record, record_access):
        with pytest.raises(NumberInTrail):
            attempt(Event.READ_SEARCH_SHOWN, detail={"条件": f"番号 {LIKE_A_NUMBER}"})
    assert outbox.count() == before


def test_an_access_lasts_although_the_page_fails(in_a: Any) -> None:
    with transaction.atomic():
        made = record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", "lasting")])
        transaction.set_rollback(True)
    assert [event.id for event in reader.search(reader.Filters(subject=Subject("household", "lasting")))] == [made]


def test_an_access_carries_scope_and_code(in_a: Any, audit_superuser: Any) -> None:
    made = record_access(Event.READ_LIST_SHOWN)
    row = audit_superuser.execute(
        "SELECT scope, prefecture_code, recorded_at - occurred_at < interval '1 minute' FROM trail.event WHERE id = %s",
        [made],
    ).fetchone()
    assert row == (in_a.schema_name, in_a.code, True)


def test_the_console_has_a_trail_of_its_own(in_console: None) -> None:
    began = timezone.now()
    made = record_access(Event.READ_TRAIL_SHOWN)
    assert made in [event.id for event in trail.since(began, prefix="read:trail")]


def test_tens_of_thousands_of_accesses_in_one_go(in_a: Any) -> None:
    subject = Subject("pupil", "bulk")
    assert len(set(record_access_many(Entry(Event.READ_PUPIL_SHOWN, (subject,)) for _ in range(20_000)))) == 20_000
    assert len(reader.search(reader.Filters(subject=subject, limit=500))) == 500


def test_all_accesses_or_none(in_a: Any) -> None:
    subject = Subject("pupil", "all-or-none")
    with pytest.raises(NumberInTrail):
        record_access_many(
            [Entry(Event.READ_PUPIL_SHOWN, (subject,)), Entry(Event.READ_PUPIL_SHOWN, duty=LIKE_A_NUMBER)]
        )
    assert reader.search(reader.Filters(subject=subject)) == []


def test_without_the_audit_database_nothing_may_be_shown(
    in_a: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even when a connection from before stands idle: it leads to the server of before."""
    record_access(Event.READ_LIST_SHOWN)
    settings.AUDIT_DATABASE = {**settings.AUDIT_DATABASE, "port": 1}
    subject = Subject("household", "secret-subject")
    with pytest.raises(TrailUnavailable) as caught:
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[subject])
    assert str(caught.value).startswith("記録できないため表示しません")
    assert caught.value.__cause__ is None
    assert "secret-subject" not in caplog.text
    with pytest.raises(TrailUnavailable):
        reader.search(reader.Filters())


def test_an_act_needs_no_audit_database(in_a: Any, settings: Any) -> None:
    settings.AUDIT_DATABASE = {**settings.AUDIT_DATABASE, "port": 1}
    assert outbox.filter(pk=record(Event.STATEMENT_RECORD_SAVED)).exists()


def test_a_kept_connection_that_died_is_replaced(in_a: Any, audit_superuser: Any) -> None:
    record_access(Event.READ_LIST_SHOWN)
    killed = audit_superuser.execute(
        "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 2000)) FROM pg_stat_activity WHERE usename = %s",
        [roles.audit_login("writer")],
    ).fetchone()
    assert killed[0] >= 1
    assert record_access(Event.READ_LIST_SHOWN)


def test_a_refused_row_is_reported_without_its_content(
    in_a: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise psycopg.errors.CheckViolation("Failing row contains (secret-subject)")

    monkeypatch.setattr(store, "insert", fail)
    with pytest.raises(TrailUnavailable):
        record_access(Event.READ_LIST_SHOWN)
    assert "secret-subject" not in caplog.text
    assert "CheckViolation" in caplog.text


def test_the_same_event_twice_is_one(in_a: Any, as_login: Callable[..., psycopg.Connection[Any]]) -> None:
    from audit.trail.entries import compose

    row = compose(Entry(Event.READ_LIST_SHOWN, (Subject("school", "twice"),))).content
    for _ in range(2):
        store.insert([row, row], scope=in_a.schema_name, prefecture_code=in_a.code)
    assert len(reader.search(reader.Filters(subject=Subject("school", "twice")))) == 1
