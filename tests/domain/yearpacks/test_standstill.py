"""What was typed while a colleague moved the revision is never lost: it is told, shown, and goes into another draft."""

from __future__ import annotations

import re
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from domain.yearpacks import changing
from domain.yearpacks.content import Basis
from domain.yearpacks.drafting import approve, open_draft, propose, recall
from domain.yearpacks.errors import NoLongerDraft
from domain.yearpacks.models import Revision
from domain.yearpacks.resolving import draft_pack
from tests.domain.statements.people import Browser, browser_of, text
from tests.domain.yearpacks.test_pages import BASE, draft_of
from tests.support.records import YEAR

TYPED = {
    "annual": "１２，９００",
    "on": "expense",
    "departments": ["kindergarten"],
    "categories": ["1", "2", "3"],
    "source": "見本の通知 4ページ",
    "article": "令1条",
}


@pytest.fixture
def colleague(in_a: Any) -> Browser:
    return browser_of(Role.BOARD_OFFICER)


def _a_row(board: Browser, row: Revision) -> str:
    listed = text(board.get(f"/yearpacks/{row.pk}/rows/", {"kind": "caps"}))
    return str(re.findall(r'href="(/yearpacks/\d+/rows/r\w+/)"', listed)[0])


def _carry(board: Browser, row: Revision, page: str, into: object) -> Any:
    """What a browser would send from the page that kept the input."""
    form = page[page.index('id="carry"') :]
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]):
        sent.setdefault(name, []).append(value)
    return board.post(f"/yearpacks/{row.pk}/carry/", {**sent, "into": into}, follow=True)


def test_what_was_typed_goes_into_a_new_revision(board: Browser, colleague: Browser) -> None:
    row = draft_of(board.person)
    address = _a_row(board, row)
    propose(row, colleague.person)
    kept = text(board.post(address, TYPED), 409)
    assert f"令和7年度 第1版は、{colleague.person.display_name}が" in kept
    assert "に承認を求めました（いまの状態: 承認待ち）" in kept
    for words in ("年額: １２，９００", "同じ限度額にする部: 幼稚部", "支弁区分: Ⅰ・Ⅱ・Ⅲ", "出典: 見本の通知 4ページ"):
        assert words in kept
    shown = _carry(board, row, kept, "new").content.decode()
    assert "令和7年度 第1版の内容を写して、令和7年度 第2版を作りました" in shown
    made = Revision.objects.get(number=2)
    assert [cap["annual"] for cap in made.content["caps"]] == [63_000, 12_900]
    assert "12,900" not in text(board.get(f"/yearpacks/{row.pk}/"))


def test_it_goes_on_in_the_same_revision_when_the_proposal_was_taken_back(board: Browser, colleague: Browser) -> None:
    row = draft_of(board.person)
    address = _a_row(board, row)
    propose(row, colleague.person)
    kept = text(board.post(address, TYPED), 409)
    assert _carry(board, row, kept, row.pk).status_code == 409
    recall(row, colleague.person, "入力もれ")
    _carry(board, row, kept, row.pk)
    assert [cap["annual"] for cap in Revision.objects.get().content["caps"]] == [63_000, 12_900]


def test_a_reason_and_a_row_that_a_colleague_filled_are_kept_too(board: Browser, colleague: Browser) -> None:
    row = open_draft(YEAR, BASE, (), board.person)
    address = _a_row(board, row)
    name = changing.unconfirmed_of(draft_pack(row))[0].name
    everyone = {**TYPED, "departments": ["kindergarten", "elementary"]}
    colleague.post(address, everyone)
    late = text(board.post(address, TYPED), 409)
    assert "この値は、もう入っています" in late
    assert "年額: １２，９００" in late
    propose(Revision.objects.get(), colleague.person)
    said = {"reason": "県の決裁 7教特第12号で確認", "together": "on"}
    kept = text(board.post(f"/yearpacks/{row.pk}/accept/?row={name}", said), 409)
    assert "理由: 県の決裁 7教特第12号で確認" in kept
    _carry(board, row, kept, "new")
    assert Revision.objects.get(number=2).content["accepted"][0]["reason"] == said["reason"]


def test_nothing_typed_is_told_where_it_stands(board: Browser) -> None:
    row = draft_of(board.person)
    address = _a_row(board, row)
    propose(row, board.person)
    shown = board.get(address, follow=True)
    assert shown.redirect_chain == [(f"/yearpacks/{row.pk}/", 302)]
    assert "に承認を求めました" in shown.content.decode()
    for act in (board.post(f"{address}remove/"), board.post(f"/yearpacks/{row.pk}/accept/take-back/", {"row": "x"})):
        assert act.status_code == 302
    assert board.get(f"/yearpacks/{row.pk}/workbook/").status_code == 302


def test_a_moment_between_looking_and_saving_is_told_the_same(officer: User, approver: User) -> None:
    row = draft_of(officer)
    found = next(each for each in changing.lacking_of(draft_pack(row)) if each.section == "caps")
    approve(propose(row, officer), approver, Revision.objects.get().digest)
    with pytest.raises(NoLongerDraft, match=f"{approver.display_name}が.*に承認しました（いまの状態: 承認済）"):
        changing.fill_row(row, found, {"annual": 1, "on": "expense"}, Basis("見本"), officer)


def test_what_a_colleague_typed_meanwhile_is_not_overwritten_unseen(board: Browser, colleague: Browser) -> None:
    row = open_draft(YEAR, BASE, (), board.person)
    address = _a_row(board, row)
    assert '<input type="hidden" name="stood" value="">' in text(board.get(address))
    colleague.post(address, TYPED | {"annual": "9,000", "stood": ""})
    told = text(board.post(address, TYPED | {"stood": ""}))
    stood = "年額 9,000円（経費に対して）（出典: 見本の通知 4ページ）"
    assert f"ほかの人がこの値を「{stood}」と入力しました。あなたの入力は、まだ反映していません。" in told
    assert 'value="１２，９００"' in told
    assert Revision.objects.get().content["caps"][0]["annual"] == 9_000
    assert f'name="stood" value="{stood}"' in told
    board.post(address, TYPED | {"stood": stood})
    assert Revision.objects.get().content["caps"][0]["annual"] == 12_900
