"""Many rows at once: an array goes out as psycopg itself would write it, only sooner, and bytes go out as an array too."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.array import ListDumper

from tenants.core.db.arrays import QuickListDumper
from tenants.core.fields import BytesField

TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from('"\\{}, \u3000NULnul'), st.characters(codec="utf-8", exclude_characters="\0"))
)
ELEMENTS = st.one_of(
    st.lists(st.one_of(st.none(), TEXTS)),
    st.lists(st.one_of(st.none(), st.binary())),
    st.lists(st.lists(TEXTS, min_size=2, max_size=2)),
)


@given(ELEMENTS)
def test_the_same_bytes_as_psycopgs_own(elements: list[Any]) -> None:
    dumped = []
    for kind in (ListDumper, QuickListDumper):
        dumper = kind(list, Transformer()).upgrade(elements, PyFormat.TEXT)
        dumped.append(dumper.dump(elements))
    assert dumped[0] == dumped[1]


def test_connections_dump_quickly(in_a: Any) -> None:
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    assert isinstance(Transformer(raw).get_dumper([""], PyFormat.TEXT), QuickListDumper)


def test_what_is_quoted_and_what_is_bytes_comes_back(in_a: Any) -> None:
    texts = [json.dumps({'"引用"': "\\", "{": ","}, ensure_ascii=False), "", "NULL", "a,b", "\u3000"]
    sealed = [b'"\\{},', b"", b"\0\xff", b"NULL"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[], %s::bytea[]", [texts, sealed])
        assert cursor.fetchone() == (texts, sealed)


def test_bytes_go_out_as_one_array_a_column(in_a: Any) -> None:
    from django.db.models.sql import InsertQuery

    from domain.vault.models import PersonNumber

    query = InsertQuery(PersonNumber)
    fields: list[Any] = [PersonNumber._meta.get_field(name) for name in ("sealed", "index_next")]
    query.insert_values(fields, [PersonNumber(sealed=b"1"), PersonNumber(sealed=b"2", index_next=b"3")])
    ((statement, parameters),) = query.get_compiler("default").as_sql()
    assert statement.count("bytea[]") == 2
    assert len(parameters) == 2


def test_migrations_hold_the_column_as_it_is() -> None:
    _, path, _, options = BytesField("封", null=True).deconstruct()
    assert (path, options["null"]) == ("django.db.models.BinaryField", True)
