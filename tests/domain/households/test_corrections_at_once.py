"""Two people correct the same at the same moment, each on a connection of its own: the second is shown both values, none is lost."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from domain.households.models import Household, Member
from tests.domain.households.people import browser_of
from tests.domain.households.test_corrections import HOME, PERSON, shown
from tests.support import records
from tests.support.at_once import kou, sent_while_a_colleague_saves

__all__ = ["kou"]

pytestmark = pytest.mark.usefixtures("heard")


def clerk_sends_while(
    server: Any, kou: Any, here: str, typed: dict[str, str], row: Household | Member, **saved: str
) -> str:
    browser = browser_of((Role.SCHOOL_CLERK, "S01"))
    typed = typed | {"confirmed": "1"}
    return shown(sent_while_a_colleague_saves(server, kou, browser, here, typed, row, **saved), 422)


def test_a_household(postgres: Any, kou: Any) -> None:
    home = records.family(records.school("S01"), account_number="0000001")
    here = f"/households/{home.pk}/correct/"
    page = clerk_sends_while(postgres, kou, here, HOME | {"phone": "0742-00-0009"}, home, phone="090-1111-2222")
    assert "ほかの人が「090-1111-2222」に変えました" in page
    assert 'name="phone" value="0742-00-0009"' in page
    assert (home.phone, home.address) == ("090-1111-2222", "サンプル市見本町1-1")


def test_a_member(postgres: Any, kou: Any) -> None:
    child = Member.objects.get(household=records.family(records.school("S01")), relation="子")
    here = f"/households/members/{child.pk}/correct/"
    page = clerk_sends_while(postgres, kou, here, PERSON, child, name="見本 二郎")
    assert "ほかの人が「見本 二郎」に変えました" in page
    assert 'name="name" value="見本 市郎"' in page
    assert child.name == "見本 二郎"
