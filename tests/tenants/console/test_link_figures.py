"""The console shows how each link is doing from figures alone: one function gives them, and no table of a prefecture opens to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from psycopg import sql

from tests.tenants.console.conftest import draft_of, text_of

Fill = Callable[..., None]


@pytest.fixture
def fill(kou: Any, postgres: Any) -> Iterator[Fill]:
    """fill(kind, state, **times): a committed batch of サンプル甲県; gone at the end."""
    from django.conf import settings

    made: list[Any] = []
    table = sql.Identifier(kou.schema_name, "linkage_batch")
    settled = sql.Identifier(kou.schema_name, "linkage_adapterconfiguration")
    with postgres.connect(settings.DATABASES["default"]["NAME"]) as session:
        session.autocommit = True
        at = timezone.now() - timedelta(days=30)
        session.execute(
            sql.SQL("INSERT INTO {} (version, config, secrets, in_force_from) VALUES (9, '{{}}', '', %s)").format(
                settled
            ),
            [at],
        )

        def insert(kind: str, state: str, **columns: Any) -> None:
            row = {
                "id": uuid4(), "kind": kind, "sequence": 9000 + len(made), "fiscal_year": 2025, "adapter_version": 9,
                "operator": "{}", "state": state, "receipt": '{"lines": ["A0000001"]}', "size": 7, "problem": "秘密の文",
                "findings": "[]", "failure": "", "created_at": at, "lists": "[]",
            } | columns  # fmt: skip
            names = sql.SQL(", ").join(map(sql.Identifier, row))
            places = sql.SQL(", ").join(sql.Placeholder() * len(row))
            session.execute(sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(table, names, places), [*row.values()])
            made.append(row["id"])

        try:
            yield insert
        finally:
            session.execute(sql.SQL("DELETE FROM {} WHERE id = ANY(%s)").format(table), [made])
            session.execute(sql.SQL("DELETE FROM {} WHERE version = 9").format(settled))


def hours_ago(hours: float) -> Any:
    return timezone.now() - timedelta(hours=hours)


def out(hours: float, *, late: bool = False) -> dict[str, Any]:
    """Sent so long ago; its time is over or not."""
    return {"sent_at": hours_ago(hours), "due_at": hours_ago(1) if late else hours_ago(-1)}


def test_figures_of_the_window_and_of_what_waits(kou: Any, operator: Any, fill: Fill) -> None:
    from tenants.console.link_states import link_states

    fill("inquire", "collected", sent_at=hours_ago(80), collected_at=hours_ago(50))
    for late in (True, True, False):
        fill("inquire", "sent", **out(75 if late else 2, late=late), failure="overdue" if late else "",
             failed_at=hours_ago(1) if late else None)  # fmt: skip
    fill("register", "sent", **out(3))
    found = link_states()[kou.schema_name]
    inquire, register = found.kinds
    assert (inquire.waiting, inquire.overdue, inquire.used, register.used) == (3, 2, 1, 1)
    assert (found.waiting, found.state[0]) == (4, "期限超過 2件")
    assert found.waiting_since is not None
    assert (timezone.now() - found.waiting_since) > timedelta(hours=74)
    assert (found.live_since is not None, found.answered_at == inquire.answered_at) == (True, True)
    assert "▲ 期限超過 2件" in text_of(operator.get("/prefectures/"))
    page = text_of(operator.get(f"/prefectures/{kou.code}/adapter/"))
    for words in ("▲ 期限内に回答なし", "1/12", "受け付けているかを確かめてください", "情報照会", "宛名登録"):
        assert words in page
    assert "秘密の文" not in page
    assert "A0000001" not in page


def test_the_last_failure_stands_until_an_answer_comes_after_it(kou: Any, operator: Any, fill: Fill) -> None:
    from tenants.console.link_states import link_states

    fill("register", "prepared", failure="atena.authentication", failed_at=hours_ago(5))
    assert link_states()[kou.schema_name].state[0] == "認証を断られた"
    fill("register", "collected", sent_at=hours_ago(3), collected_at=hours_ago(2))
    found = link_states()[kou.schema_name]
    assert found.state[0] == "送受信あり"
    assert (found.kinds[0].failure_told[0], found.kinds[0].failing) == ("認証を断られた", False)
    assert "● 送受信あり" in text_of(operator.get("/prefectures/"))


def test_figures_are_all_that_the_function_gives_and_only_the_console_may_ask(
    kou: Any, in_console: None, postgres: Any
) -> None:
    from django.conf import settings
    from django.db import ProgrammingError, connection, transaction

    from tenants.core.credentials import CONSOLE, GATEWAY, RELAY, login_name

    kinds = (CONSOLE, GATEWAY, RELAY, kou.schema_name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM public.link_figures()")
        assert [column.name for column in cursor.description or ()] == [
            "scope", "kind", "live_since", "sent_at", "answered_at", "failed_at", "failure", "waiting", "waiting_since",
            "overdue", "used",
        ]  # fmt: skip
        for table in ("linkage_batch", "linkage_adapterconfiguration"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(f'SELECT 1 FROM "{kou.schema_name}".{table}')
    with postgres.connect(settings.DATABASES["default"]["NAME"]) as session:
        ask = "SELECT has_function_privilege(%s, 'public.link_figures()', 'EXECUTE')"
        may = {kind: session.execute(ask, [login_name(kind)]).fetchone()[0] for kind in kinds}
    assert [kind for kind in kinds if may[kind]] == [CONSOLE]


def test_a_prefecture_without_tables_is_left_out(kou: Any, in_console: None) -> None:
    from tenants.console.link_states import link_states
    from tenants.core.models import Prefecture

    Prefecture.objects.create(schema_name="p_notyet", code="130001", name="見本都", slug="notyet", sample=True)
    found = link_states()
    assert kou.schema_name in found
    assert "p_notyet" not in found


@pytest.mark.browser
def test_the_figures_are_seen_whole(kou: Any, operator: Any, fill: Fill) -> None:
    """In a window of 1366x768, with every kind out, late and failed in the longest words."""
    from domain.linkage.models import Batch
    from tests.domain.linkage.test_pages_fit import _faults

    draft_of(kou, state="active")
    for kind in Batch.Kind.values:
        fill(kind, "collected", sent_at=hours_ago(3_000), collected_at=hours_ago(2_900))
        for _ in range(12):
            fill(kind, "sent", **out(3_001, late=kind != "update"), failure="overdue", failed_at=hours_ago(2_801))
    assert _faults(operator, "/prefectures/", f"/prefectures/{kou.code}/adapter/") == []
