"""No request about numbers is approved when it has lapsed, or when who asked is gone or may not ask any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

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
        again = modes.propose(second, mode="held", keeps_unified=True, needs_list=True, keep_years=8)
        run_again = disposal.propose("shred", second)
        assert {row.state for row in type(again).objects.exclude(pk=again.pk)} == {"withdrawn"}
        assert {row.state for row in type(run).objects.exclude(pk=run_again.pk)} == {"withdrawn"}
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


def test_what_has_lapsed_is_not_counted_and_the_form_to_propose_again_is_there(two: tuple[User, User]) -> None:
    asker, _ = two
    change = modes.propose(asker, mode="held", keeps_unified=True, needs_list=True, keep_years=7)
    approver, keeper = browser_of(Role.SECURITY_MANAGER), browser_of(Role.NUMBER_HANDLER)
    assert "保管の決まりの変更が1件です。" in approver.get("/numbers/approvals/").content.decode()
    assert 'id="mode"' not in keeper.get("/numbers/keeping/").content.decode()
    type(change).objects.update(proposed_at=timezone.now() - timedelta(days=14))
    page = approver.get("/numbers/approvals/").content.decode()
    assert "保管の決まりの変更が0件です。" in page
    assert "14日のあいだ、二人目が決めませんでした" in page
    assert "必要なら、もう一度起案してください" in page
    assert 'id="mode"' in keeper.get("/numbers/keeping/").content.decode()
