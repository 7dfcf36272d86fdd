"""Two people correct the same at the same moment, each on a connection of its own: the second is shown both values, none is lost."""

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

from accounts.roles import Role
from domain.households.models import Household, Member
from tenants.core import signals
from tests.domain.households.people import browser_of
from tests.domain.households.test_corrections import HOME, PERSON, shown
from tests.support import records
from tests.support.committed import committed, meanwhile

PATIENCE = 10.0

pytestmark = pytest.mark.usefixtures("heard")


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
    server: Any, kou: Any, here: str, typed: dict[str, str], row: Household | Member, **saved: str
) -> str:
    """The answer to a form that is sent while the colleague's `saved` is written and not committed yet."""
    browser = browser_of((Role.SCHOOL_CLERK, "S01"))
    seen = dict(re.findall(r'<input type="hidden" name="(seen-\w+)" value="([^"]*)">', shown(browser.get(here))))
    written = threading.Event()

    def colleague() -> None:
        with transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**saved)
            written.set()
            wait_until_somebody_waits(server)

    with ThreadPoolExecutor(1) as pool:
        saving = meanwhile(pool, kou, colleague)
        assert written.wait(PATIENCE)
        answer = browser.post(here, typed | seen | {"confirmed": "1"})
        saving.result(PATIENCE)
    row.refresh_from_db()
    return shown(answer, 422)


def test_a_household(postgres: Any, kou: Any) -> None:
    home = records.family(records.school("S01"), account_number="0000001")
    here = f"/households/{home.pk}/correct/"
    page = sent_while_a_colleague_saves(
        postgres, kou, here, HOME | {"phone": "0742-00-0009"}, home, phone="090-1111-2222"
    )
    assert "ほかの人が「090-1111-2222」に変えました" in page
    assert 'name="phone" value="0742-00-0009"' in page
    assert (home.phone, home.address) == ("090-1111-2222", "サンプル市見本町1-1")


def test_a_member(postgres: Any, kou: Any) -> None:
    child = Member.objects.get(household=records.family(records.school("S01")), relation="子")
    here = f"/households/members/{child.pk}/correct/"
    page = sent_while_a_colleague_saves(postgres, kou, here, PERSON, child, name="見本 二郎")
    assert "ほかの人が「見本 二郎」に変えました" in page
    assert 'name="name" value="見本 市郎"' in page
    assert child.name == "見本 二郎"
