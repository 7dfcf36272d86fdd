"""The matrix role × page × kind of data: complete, true to the marks of the views, and true to what pages show."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.roles import Role
from tests.platform.accounts.sign_in import client_of, make_person, sign_in
from tests.platform.accounts.test_every_url import all_urls
from tests.tenants.isolation_probe import urls_of
from tests.tenants.isolation_world import objects_of_a

ACCOUNT, HIDDEN_STREET = "7654321", "秘匿町九丁目"
CHILD, COLLEAGUE = "標章　花子", "標章　太郎"
SHOWN_BY = {CHILD: {"household"}, COLLEAGUE: {"staff", "colleague", "trail"}}
"""Names of a child and of a colleague, and the kinds of data of which a page that shows one has at least one in its row."""

OPEN_AFTER_STEP_UP = {"households:correct_household", "households:address", "payments:payer"}
"""Where the whole account number is typed, or the protected address is opened once with its event: shut without a fresh
one-time password, as the walk with an old one shows."""


def rows() -> dict[tuple[str, str], Any]:
    from accounts.field_matrix import views

    return {(row.host, row.name): row for row in views()}


@pytest.mark.parametrize(("kind", "name", "view"), all_urls())
def test_every_page_has_its_row_with_the_permission_it_asks_for(kind: str, name: str, view: Any) -> None:
    from accounts.access import access_of

    row = rows().get((kind, name))
    assert row is not None, f"{name}: give the page a row in platform/accounts/views.toml"
    access = access_of(view)
    assert access is not None
    assert row.permission == access.permission


def test_no_row_is_left_of_a_page_that_is_gone() -> None:
    known = {(param.values[0], param.values[1]) for param in all_urls()}
    assert set(rows()) == known


def test_every_page_of_a_prefecture_is_called_something_of_its_own() -> None:
    from accounts.field_matrix import titles

    named = titles()
    assert set(named) == {name for host, name in rows() if host == "tenant"}, "titles.toml: one title for each page"
    assert all(re.search("[ぁ-んァ-ヶ一-龠]", title) for title in named.values())
    assert len(set(named.values())) == len(named), "two pages would look like one"


def test_a_document_that_is_asked_for_is_called_what_its_file_is_called() -> None:
    from accounts.field_matrix import titles
    from domain.reports.models import OutputFile

    kinds = {"reports:calculation": "CALCULATION", "reports:payment_calculation": "PAYMENT_CALCULATION"}
    for name, kind in kinds.items():
        assert titles()[name] == f"{OutputFile.Kind[kind].label}の作成"


def test_every_kind_of_data_is_explained_and_seen_by_whoever_may_open_its_pages() -> None:
    from accounts.field_matrix import Level, fields
    from accounts.permissions import NUMBER_PERMISSIONS

    kinds = fields()
    assert all(row.label and row.why for row in kinds.values())
    for row in rows().values():
        for key in row.fields:
            seen_by = [role for role in row.roles if kinds[key].level(role) is not Level.HIDDEN]
            assert seen_by, f"{row.name} shows {key} to nobody"
        if {"individual_number", "unified_number"} & set(row.fields):
            assert row.permission in NUMBER_PERMISSIONS


def test_numbers_are_seen_by_one_role_and_only_masked() -> None:
    from accounts.field_matrix import Level, fields

    for key in ("individual_number", "unified_number"):
        assert fields()[key].levels == {Role.NUMBER_HANDLER: Level.MASKED}


def test_those_who_watch_or_manage_see_no_persons_data() -> None:
    from accounts.field_matrix import fields

    for key, row in fields().items():
        if key not in ("staff", "colleague", "trail"):
            assert not {Role.MONITOR, Role.SECURITY_MANAGER, Role.TENANT_ADMIN} & set(row.levels), key


ROLES = ["school_clerk", "principal", "number_handler", "board_officer", "approver"]
WATCHING = ["monitor", "security_manager", "tenant_admin"]


@pytest.mark.parametrize("role", [*ROLES, *WATCHING])
def test_pages_show_what_their_rows_say_and_mask_what_the_matrix_masks(in_a: Any, role: str) -> None:
    """Every page, opened by each role: a child's or colleague's name only where the row says so and the role may see it; account
    number and protected address never in clear."""
    from accounts.models import User
    from accounts.permissions import permissions_of
    from domain.households.models import Household, Member

    samples = objects_of_a()
    Member.objects.update(name=CHILD)
    User.objects.update(display_name=COLLEAGUE)
    Household.objects.filter(pk=str(samples["household_id"])).update(
        account_number=ACCOUNT, address=HIDDEN_STREET, address_hidden=True, bank_code="9990", branch_code="901"
    )
    client = client_of("kou.localhost")
    sign_in(client, make_person("seer", Role(role)))
    allowed = permissions_of([role])
    urls = [url for url in urls_of("tenant", samples) if url.permission in allowed]
    opened, shown = _walk(client, role, [url for url in urls if url.name not in OPEN_AFTER_STEP_UP])
    assert opened >= 8
    assert not shown, "\n".join(shown)
    session = client.session
    session["accounts.otp_at"] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()
    opened, shown = _walk(client, role, urls)
    assert opened >= 8
    assert not shown, "\n".join(shown)


def _walk(client: Any, role: str, urls: list[Any]) -> tuple[int, list[str]]:
    """How many of the pages opened, and what they gave away."""
    opened, shown, known = 0, [], rows()
    for url in urls:
        answer = client.get(url.path)
        opened += answer.status_code == 200
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(errors="replace")
        shown += [f"{url.name} shows {secret}" for secret in (ACCOUNT, HIDDEN_STREET) if secret in text]
        seen = _seen_by(role, known["tenant", url.name].fields)
        shown += [f"{url.name} shows {name}" for name, kinds in SHOWN_BY.items() if name in text and not kinds & seen]
    return opened, shown


def _seen_by(role: str, kinds: Any) -> set[str]:
    from accounts.field_matrix import Level, fields

    return {kind for kind in kinds if fields()[kind].level(Role(role)) is not Level.HIDDEN}


def test_the_page_shows_the_matrix_and_the_pages_of_a_role(browser: Any, manager: Any) -> None:
    sign_in(browser, manager)
    page = browser.get("/users/matrix/").content.decode()
    assert "振込先の口座番号" in page
    assert "伏せて表示" in page
    one = browser.get("/users/matrix/?role=number_handler").content.decode()
    assert "個人番号の表示" in one
    assert "vault:reveal" not in one, "a name of our own says nothing to people"
    assert "個人番号（伏せて表示）" in one
