"""Pages with names of staff, or with what staff typed, say in the trail that they were seen, before they are shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.domain.statements.people import browser_of

PAGES = [
    ("accounts:users", Role.TENANT_ADMIN, "利用者"),
    ("accounts:requests", Role.TENANT_ADMIN, "利用者の申請"),
    ("staffing:transfers", Role.TENANT_ADMIN, "人事異動"),
    ("review:hours", Role.SECURITY_MANAGER, "利用時間と休業日"),
    ("review:overtime_new", Role.SECURITY_MANAGER, "時間外利用届の相手"),
    ("vault:approvals", Role.SECURITY_MANAGER, "番号の承認"),
    ("vault:keeping", Role.NUMBER_HANDLER, "番号の管理"),
]


@pytest.mark.parametrize(("name", "role", "said"), PAGES)
def test_that_a_page_about_staff_was_seen_is_written_down(
    in_a: Any, heard: list[dict[str, Any]], name: str, role: Role, said: str
) -> None:
    browser = browser_of(role)
    heard.clear()
    assert browser.get(reverse(name)).status_code == 200
    assert [(row["event"], row["detail"]["一覧"]) for row in heard] == [("read:list:shown", said)]


def test_whose_account_was_looked_at_is_written_down(in_a: Any, heard: list[dict[str, Any]]) -> None:
    browser, other = browser_of(Role.TENANT_ADMIN), browser_of(Role.MONITOR)
    heard.clear()
    assert browser.get(reverse("accounts:user", args=[other.person.pk])).status_code == 200
    assert [row["subjects"] for row in heard] == [[{"kind": "user", "id": str(other.person.pk)}]]
