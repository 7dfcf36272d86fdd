"""No revision and no 適用 is approved when it has lapsed, or when who proposed it is gone or may not propose any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.errors import RequestStale
from accounts.models import User
from accounts.roles import Role
from domain.yearpacks.drafting import approve, propose, send_back
from domain.yearpacks.forcing import approve_in_force, propose_in_force
from domain.yearpacks.models import InForce, Revision
from tests.domain.households.people import browser_of
from tests.domain.yearpacks.test_in_force import TOMORROW, drafted
from tests.support.records import YEAR
from tests.support.stale import ways_to_go_stale


def test_a_stale_proposal_is_refused_named_and_made_again(officer: User, approver: User) -> None:
    row = propose(drafted(officer), officer)
    for words in ways_to_go_stale(officer):
        with pytest.raises(RequestStale, match=words):
            approve(row, approver, row.digest)
    Revision.objects.filter(pk=row.pk).update(proposed_at=timezone.now() - timedelta(days=14))
    second = browser_of(Role.APPROVER)
    assert "期限切れ" in second.get("/yearpacks/").content.decode()
    for page in (f"/yearpacks/{row.pk}/", f"/yearpacks/{row.pk}/approve/"):
        assert "差し戻して提案し直してください" in second.get(page).content.decode()
    row = approve(propose(send_back(row, approver, "期限が切れた"), officer), approver, row.digest)
    asked = propose_in_force(YEAR, row, TOMORROW, "使う", officer)
    for words in ways_to_go_stale(officer):
        with pytest.raises(RequestStale, match=words):
            approve_in_force(asked, approver)
    officer.role_assignments.update(school_code="S01")
    shown = second.get(f"/yearpacks/force/{asked.pk}/approve/").content.decode()
    assert "の権限がない" in shown
    assert "必要なら、もう一度提案してください" in shown
    officer.role_assignments.update(school_code="")
    InForce.objects.update(proposed_at=timezone.now() - timedelta(days=14))
    again = propose_in_force(YEAR, row, TOMORROW, "使う", officer)
    assert InForce.objects.get(pk=asked.pk).state == "withdrawn"
    assert approve_in_force(again, approver).state == "approved"
