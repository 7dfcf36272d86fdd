"""Two people who save the same at the same moment, each on a connection of its own."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished
from django.db import connection, transaction

from tenants.core import signals
from tests.support.committed import committed, meanwhile

PATIENCE = 10.0


@pytest.fixture
def kou(database: None, postgres: Any) -> Iterator[Any]:
    """The thread of the test stays in the prefecture between two requests, as it does where all is rolled back."""
    request_finished.disconnect(dispatch_uid="tenants.core.back_to_gateway")
    try:
        with committed(postgres) as prefecture:
            yield prefecture
    finally:
        signals.connect()


def wait_until_somebody_waits(server: Any) -> None:
    """For what this connection has locked."""
    with connection.cursor() as cursor:
        me = cursor.execute("SELECT pg_backend_pid()").fetchone()
    until = time.monotonic() + PATIENCE
    with server.connect(settings.DATABASES["default"]["NAME"]) as session:
        asked = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid)))"
        while not session.execute(asked, me).fetchone()[0]:
            assert time.monotonic() < until, "the form was not held up"
            time.sleep(0.01)


def sent_while_a_colleague_saves(
    server: Any, kou: Any, browser: Any, here: str, typed: dict[str, str], row: Any, **saved: Any
) -> Any:
    """The answer to a form that is sent while the colleague's `saved` is written and not committed yet."""
    seen = dict(
        re.findall(r'<input type="hidden" name="(seen-\w+)" value="([^"]*)">', browser.get(here).content.decode())
    )
    written = threading.Event()

    def colleague() -> None:
        with transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**saved)
            written.set()
            wait_until_somebody_waits(server)

    with ThreadPoolExecutor(1) as pool:
        saving = meanwhile(pool, kou, colleague)
        assert written.wait(PATIENCE)
        answer = browser.post(here, seen | typed)
        saving.result(PATIENCE)
    row.refresh_from_db()
    return answer
