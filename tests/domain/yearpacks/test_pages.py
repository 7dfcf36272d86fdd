"""Pages: what each person sees and may do, with its gates; constant queries; every refusal in words."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from domain.yearpacks.content import Basis, put_row
from domain.yearpacks.drafting import approve, change, open_draft, propose
from domain.yearpacks.lacking import row_id
from domain.yearpacks.models import InForce, Revision
from domain.yearpacks.resolving import draft_pack
from tests.domain.statements.people import Browser, browser_of, clerk_of, queries, text
from tests.support.outbox import outbox
from tests.support.records import YEAR

BASE = "R07-former-standard"
CAP = row_id("caps", {"items": ["school_supplies"], "departments": ["elementary"], "categories": [1, 2]})


@pytest.fixture
def second(in_a: Any) -> Browser:
    return browser_of(Role.APPROVER)


def draft_of(user: User, shipped: tuple[str, ...] = ()) -> Revision:
    row = open_draft(YEAR, BASE, shipped, user)
    key = {
        "items": ["new_pupil_supplies"],
        "departments": ["junior_high"],
        "grades": [1],
        "annual": 63_000,
        "on": "expense",
    }
    change(row, lambda content: put_row(content, "caps", key, Basis("見本の通知（架空）")), user, "x")
    return row


def fresh(row: Revision) -> Revision:
    return Revision.objects.get(pk=row.pk)


def test_a_clerk_reads_the_coverage_and_nothing_to_act_on(in_a: Any) -> None:
    clerk = clerk_of()
    shown = text(clerk.get("/yearpacks/"))
    assert "サンプル団体設定" in shown
    assert "改訂を作る" not in shown
    table = text(clerk.get("/yearpacks/coverage/"))
    assert "通学費(本人)" in table
    assert "団体設定" in table
    for address in ("/yearpacks/new/", "/yearpacks/force/"):
        text(clerk.get(address), 403)


def test_what_is_lacking_can_be_looked_at_alone(board: Browser) -> None:
    row = open_draft(YEAR, BASE, (), board.person)
    every = text(board.get(f"/yearpacks/{row.pk}/coverage/"))
    lacking = text(board.get(f"/yearpacks/{row.pk}/coverage/", {"show": "absent"}))
    assert ">教科用図書購入費</th>" in every
    assert ">教科用図書購入費</th>" not in lacking
    assert "限度額がない" in lacking
    for word in ("あり", "未確認", "欠", "対象外"):
        assert f"</span>{word}</span>" in every


def test_an_officer_opens_fills_and_proposes(board: Browser, second: Browser) -> None:
    answer = board.post("/yearpacks/new/", {"base": BASE, "copy_of": ""})
    row = Revision.objects.get()
    assert answer.headers["Location"] == f"/yearpacks/{row.pk}/"
    listed = text(board.get(f"/yearpacks/{row.pk}/rows/", {"kind": "caps"}))
    address = next(found for found in re.findall(r'href="(/yearpacks/\d+/rows/r\w+/)"', listed))
    form = {"annual": "１２，９００", "on": "expense", "departments": ["kindergarten"], "categories": ["1", "2", "3"]}
    wrong = text(board.post(address, form))
    assert "出典" in wrong
    assert "１２，９００" in wrong
    board.post(address, form | {"source": "見本の通知", "article": "令1条"})
    assert fresh(row).content["caps"][0]["annual"] == 12_900
    assert fresh(row).content["caps"][0]["standing"] == "operator"
    shown = text(board.get(f"/yearpacks/{row.pk}/"))
    assert "年額 12,900円" in shown
    board.post(f"/yearpacks/{row.pk}/propose/")
    assert fresh(row).state == "proposed"
    assert "年額 12,900円" in text(second.get(f"/yearpacks/{row.pk}/approve/"))


def test_shares_are_typed_as_fractions(board: Browser) -> None:
    row = open_draft(YEAR, BASE, (), board.person)
    listed = text(board.get(f"/yearpacks/{row.pk}/rows/", {"kind": "rates"}))
    address = re.findall(r'href="(/yearpacks/\d+/rows/r\w+/)"', listed)[0]
    departments = re.findall(r'value="(\w+)"[^>]*checked', text(board.get(address)))
    form = {"departments": departments, "source": "見本の通知", "share_statutory_1": "１／２", "share_subsidy_1": "1/2"}
    refused = text(board.post(address, form | {"share_statutory_2": "0.5"}))
    assert "1/2、0 のような整数か分数" in refused
    too_much = text(board.post(address, form | {"share_statutory_1": "1"}))
    assert "合計が1を超えています" in too_much
    board.post(address, form)
    made = fresh(row).content["rates"][0]
    assert made["statutory"] == ["1/2", "?", "?"]
    assert made["subsidy"] == ["1/2", "?", "?"]


def test_an_own_row_is_taken_out_again(board: Browser) -> None:
    row = draft_of(board.person)
    address = re.findall(r'action="(/yearpacks/\d+/rows/r\w+/remove/)"', text(board.get(f"/yearpacks/{row.pk}/")))[0]
    board.post(address)
    assert "caps" not in fresh(row).content
    assert fresh(row).content["sources"] == {}


def test_the_second_person_approves_with_a_fresh_code(board: Browser, second: Browser, settings: Any) -> None:
    row = propose(draft_of(board.person), board.person)
    assert "あなたが提案した" not in text(second.get(f"/yearpacks/{row.pk}/"))
    text(board.get(f"/yearpacks/{row.pk}/approve/"), 403)
    shown = text(second.get(f"/yearpacks/{row.pk}/approve/"))
    assert "年額 63,000円" in shown
    settings.STEP_UP_SECONDS = -1
    answer = second.post(f"/yearpacks/{row.pk}/approve/", {"act": "approve", "digest": row.digest})
    assert answer.status_code == 302
    assert fresh(row).state == "proposed"
    settings.STEP_UP_SECONDS = 600
    second.post(f"/yearpacks/{row.pk}/approve/", {"act": "approve", "digest": "sha256:stale"})
    assert fresh(row).state == "proposed"
    second.post(f"/yearpacks/{row.pk}/approve/", {"act": "approve", "digest": row.digest})
    assert fresh(row).state == "approved"


def test_the_second_person_sends_back_with_a_reason(board: Browser, second: Browser) -> None:
    row = propose(draft_of(board.person), board.person)
    assert "理由" in text(second.post(f"/yearpacks/{row.pk}/approve/", {"act": "return", "reason": ""}))
    assert fresh(row).state == "proposed"
    second.post(f"/yearpacks/{row.pk}/approve/", {"act": "return", "reason": "出典のページが違う"})
    assert fresh(row).state == "draft"
    assert "出典のページが違う" in text(board.get(f"/yearpacks/{row.pk}/"))


def test_from_a_day_and_only_by_two(board: Browser, second: Browser) -> None:
    row = propose(draft_of(board.person), board.person)
    approve(row, second.person, row.digest)
    past = {"revision": row.pk, "starts_on": "H1.4.1", "reason": "x"}
    assert "までの日にしてください" in text(board.post("/yearpacks/force/", past))
    today = datetime.date.today()  # noqa: DTZ011
    board.post("/yearpacks/force/", {"revision": row.pk, "starts_on": today.isoformat(), "reason": "資料を受け取った"})
    waiting = InForce.objects.get()
    text(board.get(f"/yearpacks/force/{waiting.pk}/approve/"), 403)
    assert "適用の承認へ進む" in text(second.get("/yearpacks/"))
    assert "年額 63,000円" in text(second.get(f"/yearpacks/force/{waiting.pk}/approve/"))
    second.post(f"/yearpacks/force/{waiting.pk}/approve/")
    assert "いま使っています" in text(board.get("/yearpacks/"))
    heard = outbox.filter(event__startswith="yearpack:force").values_list("event", flat=True)
    assert set(heard) == {"yearpack:force:proposed", "yearpack:force:approved"}


def test_a_proposal_of_force_is_taken_back_or_turned_down_with_a_reason(board: Browser, second: Browser) -> None:
    tomorrow = datetime.date.today() + datetime.timedelta(days=1)  # noqa: DTZ011
    board.post("/yearpacks/force/", {"revision": "", "starts_on": tomorrow.isoformat(), "reason": "戻す"})
    row = InForce.objects.get()
    other = browser_of(Role.BOARD_OFFICER)
    assert "適用の提案を取り下げる" in text(board.get("/yearpacks/"))
    assert "適用の提案を取り下げる" not in text(other.get("/yearpacks/"))
    for browser, why in ((board, ""), (other, "消す")):
        browser.post(f"/yearpacks/force/{row.pk}/withdraw/", {"reason": why})
        assert InForce.objects.get().state == "proposed"
    board.post(f"/yearpacks/force/{row.pk}/withdraw/", {"reason": "日を誤ったため"})
    assert InForce.objects.get().state == "withdrawn"
    assert "取下げ: 日を誤ったため" in text(other.get("/yearpacks/"))
    board.post("/yearpacks/force/", {"revision": "", "starts_on": tomorrow.isoformat(), "reason": "戻す"})
    again = InForce.objects.exclude(pk=row.pk).get()
    page = f"/yearpacks/force/{again.pk}/approve/"
    assert "理由" in text(second.post(page, {"act": "return", "reason": ""}))
    second.post(page, {"act": "return", "reason": "資料が違う"})
    assert "取下げ: 資料が違う" in text(board.get("/yearpacks/"))


def test_unconfirmed_rows_are_listed_with_where_they_come_from(board: Browser) -> None:
    row = open_draft(YEAR, BASE, (), board.person)
    shown = text(board.get(f"/yearpacks/{row.pk}/rows/", {"kind": "unconfirmed"}))
    assert "一部辞退" in shown
    assert "special/partial_decline" in shown


def test_withdrawing_needs_a_reason(board: Browser) -> None:
    row = draft_of(board.person)
    board.post(f"/yearpacks/{row.pk}/withdraw/", {"reason": ""})
    assert fresh(row).state == "draft"
    told = board.post(f"/yearpacks/{row.pk}/withdraw/", {"reason": "123456789018 のため"}, follow=True)
    assert "個人番号と同じ形" in told.content.decode()
    assert fresh(row).state == "draft"
    board.post(f"/yearpacks/{row.pk}/withdraw/", {"reason": "作り直す"})
    assert fresh(row).state == "withdrawn"
    told = board.get(f"/yearpacks/{row.pk}/rows/{CAP}/", follow=True)
    assert "取り下げました（いまの状態: 取下げ　理由: 作り直す）" in told.content.decode()


def test_an_officer_of_one_school_changes_nothing(in_a: Any) -> None:
    limited = browser_of((Role.BOARD_OFFICER, "S01"))
    text(limited.get("/yearpacks/new/"), 403)


def test_lists_take_the_same_number_of_queries_however_long(board: Browser) -> None:
    row = draft_of(board.person)
    addresses = ("/yearpacks/", f"/yearpacks/{row.pk}/", f"/yearpacks/{row.pk}/rows/", "/yearpacks/coverage/")
    given_up: dict[str, Any] = {"state": "withdrawn", "proposed_by": "a", "withdrawn_by": "a", "withdrawn_why": "x"}
    given_up |= {"fiscal_year": YEAR, "withdrawn_at": timezone.now()}
    InForce.objects.create(starts_on=datetime.date(YEAR + 1, 4, 1), **given_up)
    few = [queries(board, address) for address in addresses]
    for number in range(3):
        more = open_draft(YEAR, BASE, (), board.person)
        InForce.objects.create(starts_on=datetime.date(YEAR + 2, 4, 1 + number), **given_up)
        assert draft_pack(more)
    assert [queries(board, address) for address in addresses] == few
