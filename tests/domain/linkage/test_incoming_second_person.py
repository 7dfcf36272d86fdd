"""保留された照会への回答: nobody is their own second person, by a deputy's role or by a rule of one's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.domain.linkage.paid import provide_by_rule
from tests.domain.linkage.world import person
from tests.support import records
from tests.support.stale import ways_to_go_stale


@pytest.fixture
def held(in_a: Any) -> Any:
    from domain.linkage.models import HeldInquiry

    today = timezone.localdate()
    return HeldInquiry.objects.create(
        entry="SK1", member=records.member(records.household()), party="サンプル県", item="支弁に関する情報",
        asked_at=timezone.now(), due_on=today + timedelta(days=3),
    )  # fmt: skip


def _role(user: Any, role: str, acting_for: Any = None) -> None:
    from accounts.models import RoleAssignment

    today = timezone.localdate()
    ends_on = today + timedelta(days=5) if acting_for else None
    RoleAssignment.objects.create(user=user, role=role, starts_on=today, ends_on=ends_on, acting_for=acting_for)


def test_a_deputy_of_who_answered_does_not_approve_the_answer(held: Any) -> None:
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.incoming import deciding

    provide_by_rule()
    answering, deputy, other = person("answering"), person("deputy"), person("other")
    for user in (answering, other):
        _role(user, "approver")
    _role(answering, "board_officer")
    _role(deputy, "approver", acting_for=answering)
    deciding.decide(held, answering, "release", "確かめた")
    with pytest.raises(SettlementRefused, match="代決・代理の間柄"):
        deciding.approve(held, deputy, "release")
    assert deciding.approve(held, other, "release").state == "ready"


def test_a_stale_answer_is_not_approved_until_it_is_given_again(held: Any) -> None:
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.incoming import deciding

    provide_by_rule()
    clerk, other = person("clerk"), person("other")
    deciding.decide(held, clerk, "release", "確かめた")
    for words in ways_to_go_stale(clerk):
        with pytest.raises(SettlementRefused, match=words):
            deciding.approve(held, other, "release")
    held.steps.update(at=timezone.now() - timedelta(days=14))
    with pytest.raises(SettlementRefused, match="回答を取り消して、回答し直してください"):
        deciding.approve(held, other, "release")
    deciding.take_back(held)
    deciding.decide(held, clerk, "release", "確かめた")
    assert deciding.approve(held, other, "release").state == "ready"


def test_an_answer_given_in_ones_own_place_is_not_approved_by_oneself(held: Any) -> None:
    from domain.linkage.errors import SettlementRefused
    from domain.linkage.incoming import deciding

    provide_by_rule()
    officer, deputy = person("officer"), person("deputy")
    _role(officer, "board_officer")
    _role(officer, "approver")
    _role(deputy, "board_officer", acting_for=officer)
    deciding.decide(held, deputy, "release", "確かめた")
    with pytest.raises(SettlementRefused, match="代決・代理の間柄"):
        deciding.approve(held, officer, "release")


def test_who_does_away_with_the_second_person_does_not_answer_alone(held: Any) -> None:
    """Somebody who is 教委担当 and 承認者 at once could else loosen the rule for one answer, and tighten it again."""
    from domain.linkage.incoming import deciding

    rule = provide_by_rule(two_people_answer=False)
    assert deciding.decide(held, person(rule.by), "release", "確かめた").state == "proposed"
    deciding.take_back(held)
    assert deciding.decide(held, person("clerk"), "release", "確かめた").state == "ready"
