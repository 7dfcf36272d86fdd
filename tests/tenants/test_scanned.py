"""No act that the crawl of `make security` may press ends the session it crawls with, and no page that it opens is an act."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from typing import Any

from django.urls import reverse

from ops.security.crawl import Target
from tests.tenants.isolation_probe import (
    A,
    B,
    Url,
    World,
    is_signed_in,
    signed_in,
    with_scope,
    without_leaving,
)  # fmt: skip


def test_every_act_that_ends_ones_own_session_is_left_out_of_the_crawl(world: World) -> None:
    """Each button of the accounts is pressed by somebody with every role, aimed at themselves."""
    ends, missed, turn = set(), [], 0
    client, own = somebody(world, turn)
    for url in (one for one in world.tenant if one.name.startswith("accounts:")):
        path = path_to_oneself(url, own)
        client.post(path, own)
        if is_signed_in(client):
            continue
        ends.add(url.name)
        if not any(fnmatch(path, wild) for wild in Target("x", 0, "", int(own["user_id"])).left_out()):
            missed.append(path)
        turn += 1
        client, own = somebody(world, turn)
    assert missed == [], sorted(ends)
    assert {"accounts:logout", "accounts:factor_lost", "accounts:user_factor_lost"} <= ends, "or nothing was pressed"


def somebody(world: World, turn: int) -> tuple[Any, dict[str, Any]]:
    """A browser signed in, and the identifiers of its person, as a URL's arguments and as fields."""
    from accounts.models import User

    name = f"jibun{turn}"
    client = signed_in(world, B, name)

    def own() -> dict[str, Any]:
        person = User.objects.get(username=name)
        role = person.role_assignments.earliest("pk")
        return {
            "user_id": person.pk, "assignment_id": role.pk, "session_id": person.live_session_id,
            "username": name, "user": person.pk,
        }  # fmt: skip

    return client, with_scope(world, B, own)


def path_to_oneself(url: Url, own: dict[str, Any]) -> str:
    arguments = {name: own.get(name, value) for name, value in url.arguments.items()}
    return reverse(url.name, "config.urls_tenant", kwargs=arguments)


WRITES = re.compile(r'\A\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?')
OWN_WAY = {"django_session", "accounts_sessionrecord", "accounts_inputdraft", "trail_outboxevent"}
"""What a visit may leave: the session and its sign of life, and events of what was refused."""


def test_opening_a_page_changes_nothing(world: World) -> None:
    """Acts are POST (ASVS 3.5.3): every page is opened by somebody with every role, and each statement is looked at."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(world, A)
    wrong, opened = {}, 0
    for url in without_leaving(world.tenant):
        with CaptureQueriesContext(connection) as said:
            opened += client.get(url.path).status_code == 200
        tables = {found[1] for one in said.captured_queries if (found := WRITES.match(one["sql"]))}
        if tables - OWN_WAY:
            wrong[url.name] = tables - OWN_WAY
    assert wrong == {}
    assert opened > 100
    assert is_signed_in(client)
