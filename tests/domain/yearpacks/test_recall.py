"""提案の取下げ: who proposed a revision takes the proposal back before it is decided, and fills it on."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.roles import Role
from domain.yearpacks.content import Basis, put_row
from domain.yearpacks.drafting import approve, change, propose, recall
from domain.yearpacks.errors import NotYourProposal, ReasonMissing, WrongState
from domain.yearpacks.models import Revision
from tests.domain.statements.people import Browser, browser_of, text
from tests.domain.yearpacks.test_pages import draft_of
from tests.support.outbox import outbox


def test_only_who_proposed_takes_the_proposal_back(board: Browser) -> None:
    colleague = browser_of(Role.BOARD_OFFICER)
    row = propose(draft_of(board.person), board.person)
    page = f"/yearpacks/{row.pk}/"
    assert "提案を取り下げて作成中に戻す" in text(board.get(page))
    assert "提案を取り下げて作成中に戻す" not in text(colleague.get(page))
    told = colleague.post(f"{page}recall/", {"reason": "急ぐ"}, follow=True)
    assert "提案した本人です" in told.content.decode()
    assert "理由を入力してください" in board.post(f"{page}recall/", {"reason": " "}, follow=True).content.decode()
    assert Revision.objects.get().state == "proposed"
    assert "続けて入力できます" in board.post(f"{page}recall/", {"reason": "入力もれ"}, follow=True).content.decode()
    back = Revision.objects.get()
    assert (back.state, back.digest, back.proposed_by) == ("draft", "", None)
    last = back.steps.last()
    assert last is not None
    assert (last.from_state, last.reason, last.by) == ("proposed", "入力もれ", board.person.display_name)
    heard = outbox.filter(event="yearpack:revision:recalled")
    assert heard.count() == 1
    key = {"items": ["school_supplies"], "departments": ["kindergarten"], "annual": 1, "on": "expense"}
    change(back, lambda content: put_row(content, "caps", key, Basis("見本")), board.person, "x")
    assert propose(back, board.person).state == "proposed"


def test_what_was_decided_is_not_taken_back(officer: User, approver: User) -> None:
    row = propose(draft_of(officer), officer)
    with pytest.raises(ReasonMissing):
        recall(row, officer, "")
    with pytest.raises(NotYourProposal):
        recall(row, approver, "x")
    approve(row, approver, row.digest)
    with pytest.raises(WrongState):
        recall(row, officer, "遅い")
