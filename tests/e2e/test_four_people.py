"""One 調書 from 要確認 to 決定, through pages alone, by four people: clerk, principal, board, approver."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.people import People, picture

pytestmark = [pytest.mark.browser]

HOUSEHOLD = "H29-000009"
"""岡田 智也's: his wife declared no income, so the inquiry brought no amounts for her."""
DOCUMENT = "サンプル教特第901号"


@pytest.mark.usefixtures("workers")
def test_a_statement_that_waits_is_decided_through_four_people(people: People) -> None:
    path = the_clerk_settles_the_answer_and_types_the_certificate(people)
    the_principal_forwards(people)
    the_board_proposes(people)
    the_approver_decides(people)
    page = people.page("clerk")
    page.goto(people.address("nara", path))
    expect(page.locator(".answer")).to_contain_text("決定")
    history = page.get_by_role("region", name="経過")
    for who in ("見本 事務子", "見本 校長", "見本 教委太", "見本 承認子"):
        expect(history).to_contain_text(who)
    expect(history).to_contain_text(DOCUMENT)


def the_clerk_settles_the_answer_and_types_the_certificate(people: People) -> str:
    page = people.page("clerk")
    page.goto(people.address("nara"))
    page.get_by_role("row", name=re.compile("^調書の要確認")).get_by_role("link").click()
    page.get_by_role("link", name=HOUSEHOLD).click()
    path = page.url.partition(":")[2].partition("/statements")[2]
    expect(page.locator(".lacks")).to_be_visible()
    picture(page, "lacking")
    page.goto(people.address("nara", "/linkage/reviews/"))
    page.get_by_role("link", name=f"{HOUSEHOLD}-2").click()
    page.get_by_label("証明書で代替").check()
    page.get_by_label("理由").fill("本人の申告書の写しで確かめました。")
    page.get_by_role("button", name="記録して次へ").click()
    expect(page.get_by_role("status").first).to_contain_text("処理を記録しました")
    page.goto(people.address("nara", f"/statements{path}"))
    page.get_by_role("link", name="証明書の値を入力する").click()
    type_by_keyboard(page, page.get_by_role("row").filter(has=page.locator("input")).nth(1))
    expect(page.locator(".answer")).to_contain_text("算定済")
    expect(page.locator(".answer")).to_contain_text("支弁区分")
    return f"/statements{path}"


def type_by_keyboard(page: Page, row: Locator) -> None:
    """Wide digits and commas, Enter to the next cell, Esc restores, Ctrl+Enter saves."""
    cells = row.locator("input")
    cells.first.focus()
    page.keyboard.type("９")
    page.keyboard.press("Escape")
    expect(cells.first).to_have_value("")
    page.keyboard.type("1,200,000")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("０")
    picture(page, "certificates")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def the_principal_forwards(people: People) -> None:
    page = people.page("principal")
    page.goto(people.address("nara", "/statements/forward/"))
    page.get_by_role("link", name="サンプル奈良県第1支援学校").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1件を進達しますか")
    page.get_by_role("button", name="1件を進達する").click()
    expect(page.get_by_role("status").first).to_contain_text("1件を進達しました")


def the_board_proposes(people: People) -> None:
    """By exception: the page opens at the first reason that holds something, and each row says why."""
    page = people.page("board")
    page.goto(people.address("nara", "/statements/review/"))
    row = page.get_by_role("row").filter(has_text=HOUSEHOLD)
    expect(row).to_contain_text(re.compile("▲"))
    picture(page, "review")
    row.get_by_role("link", name=HOUSEHOLD).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("さんの世帯の調書")
    page.go_back()
    page.reload()
    expect(row).to_contain_text("開いて確認")
    row.get_by_role("checkbox").check()
    page.get_by_label("決裁番号").fill(DOCUMENT)
    page.get_by_role("button", name="選んだ調書を起案する").click()
    expect(page.get_by_role("status").first).to_contain_text("1件の決定を起案しました")
    page.get_by_role("link", name="決定を待つ起案を見る").click()
    expect(page.locator("main")).to_contain_text("決定できるのは承認者です")


def the_approver_decides(people: People) -> None:
    page = people.page("approver")
    page.goto(people.address("nara"))
    page.get_by_role("row", name=re.compile("^決定を待つ調書")).get_by_role("link").click()
    expect(page.get_by_role("row").filter(has_text=DOCUMENT)).to_contain_text("見本 教委太")
    people.press(page, "決定する", "approver")
    picture(page, "deciding")
    expect(page.locator("main")).to_contain_text(re.compile("決定を待つ起案はありません|完了"), timeout=60_000)
    page.goto(people.address("nara", "/statements/review/decide/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("決定を待つ起案はありません", timeout=60_000)
