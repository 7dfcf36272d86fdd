"""Rows that come in by COPY are the rows that `bulk_create` would have made."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from audit.trail.recorder import COPY_FROM, Entry, Subject, record_many
from audit.trail.vocabulary import Event
from domain.linkage.models import Inquiry
from domain.rules.canonical import canonical_text
from domain.statements.models import Computation, Statement
from tenants.core.db.copying import copy_in
from tests.support import records
from tests.support.outbox import outbox

TEXT = "改行\nとタブ\tと\\N と「'\"」"


def run_of(statement: Statement, sequence: int) -> Computation:
    return Computation(
        statement=statement, sequence=sequence, pack="p", pack_digest="d", category=None, category_reason=TEXT,
        standing="derived", missing=[], receipt_text=canonical_text({"x": [1, None, True, TEXT]}), receipt_digest="r",
    )  # fmt: skip


@pytest.fixture
def statement(in_a: Any) -> Statement:
    home = records.family()
    return Statement.objects.create(household=home, fiscal_year=records.YEAR, school=records.school())


def test_a_copied_row_equals_a_created_one(statement: Statement) -> None:
    copied = copy_in(Computation, [run_of(statement, 1)])
    Computation.objects.bulk_create([run_of(statement, 2)])
    first, second = Computation.objects.order_by("sequence")
    left_out = {"id", "sequence"}
    rows = [{k: v for k, v in model_to_dict(run).items() if k not in left_out} for run in (first, second)]
    assert rows[0] == rows[1]
    assert first.receipt["x"][3] == TEXT
    assert first.created_at <= second.created_at
    assert [run.sequence for run in copied] == [1]


def test_no_answer_stays_no_answer(in_a: Any) -> None:
    home = records.family()
    day = datetime.date(2024, 12, 31)
    copy_in(
        Inquiry,
        (
            Inquiry(member=member, fiscal_year=2025, kind="tax", base_date=day, base_address="見本町", answer=None)
            for member in home.members.all()
        ),
    )  # fmt: skip
    assert Inquiry.objects.filter(answer__isnull=True).count() == 3


def test_nothing_to_copy_adds_nothing(statement: Statement) -> None:
    assert copy_in(Computation, []) == []
    assert not Computation.objects.exists()


def test_a_broken_constraint_is_djangos_error_and_nothing_is_kept(statement: Statement) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_in(Computation, [run_of(statement, 1), run_of(statement, 1)])
    assert not Computation.objects.exists()


def test_an_error_while_rows_are_made_keeps_nothing(statement: Statement) -> None:
    def rows() -> Iterator[Computation]:
        yield run_of(statement, 1)
        raise ValueError("no receipt")

    with pytest.raises(ValueError, match="no receipt"), transaction.atomic():
        copy_in(Computation, rows())
    assert not Computation.objects.exists()


def test_many_events_are_written_like_few(in_a: Any) -> None:
    entry = Entry(Event.READ_PUPIL_SHOWN, (Subject("pupil", "1"),), {"note": TEXT})
    ids = record_many([entry] * COPY_FROM)
    (one,) = record_many([entry])
    rows = [json.loads(event.content) for event in outbox.filter(pk__in=[ids[0], ids[-1], one])]
    parts = [{name: value for name, value in row.items() if name not in {"id", "occurred_at"}} for row in rows]
    assert parts[0] == parts[1] == parts[2]
    assert parts[0]["detail"] == {"note": TEXT}
    assert outbox.filter(pk__in=ids).count() == COPY_FROM
