"""No request about numbers is approved when it has lapsed, or when who asked is gone or may not ask any more."""

from __future__ import annotations

import pytest

from accounts.errors import RequestStale
from accounts.models import User
from accounts.roles import Role
from domain.households.models import Member
from domain.vault import disposal, lists, modes
from tests.domain.households.people import browser_of
from tests.support.records import acting
from tests.support.stale import ways_to_go_stale


def test_a_stale_request_is_refused_by_every_act_and_named_on_the_page(
    three: dict[str, Member], two: tuple[User, User]
) -> None:
    asker, second = two
    with acting(asker):
        listed = lists.ask([member.pk for member in three.values()], duty="V01", case="R07-1", user=asker)
        run = disposal.propose("shred", asker)
        change = modes.propose(asker, mode="held", keeps_unified=True, needs_list=True, keep_years=7)
    for words in ways_to_go_stale(asker):
        with pytest.raises(RequestStale, match=words):
            lists.approve(listed, second)
        with pytest.raises(RequestStale, match=words):
            disposal.approve(run, second)
        with pytest.raises(RequestStale, match=words):
            modes.approve(change, second)
    User.objects.filter(pk=asker.pk).update(is_active=False)
    page = browser_of(Role.SECURITY_MANAGER).get("/numbers/approvals/").content.decode()
    assert page.count("申請した人の利用が終わっている") == 3
    assert "承認する</button>" not in page
    User.objects.filter(pk=asker.pk).update(is_active=True)
    asker.role_assignments.update(school_code="S01")
    with pytest.raises(RequestStale, match="の権限がない"):
        modes.approve(change, second)
    asker.role_assignments.update(school_code="")
    assert modes.approve(change, second).keep_years == 7
    assert lists.approve(listed, second).state == "approved"
