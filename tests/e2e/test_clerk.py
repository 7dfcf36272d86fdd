"""A school clerk's day: log in with two factors, find a household by the keyboard, understand its 調書, leave."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import People, picture, tab_to

pytestmark = [pytest.mark.browser]

OWN, OTHER = "サンプル奈良県第1支援学校", "サンプル奈良県第2支援学校"


def test_a_wrong_code_is_refused_in_words_and_the_right_one_opens_the_home(people: People) -> None:
    page = people.stranger("hiroshima")  # whose clerk is nobody's session elsewhere: a second log-in ends the first
    page.goto(people.address("hiroshima", "/statements/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("ログイン")
    page.get_by_label("職員ID").fill("clerk")
    page.get_by_label("パスワード").fill("a wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("職員IDまたはパスワードが違います")
    page.get_by_label("パスワード").fill(people.sessions.demo.password())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("認証器の番号を入力してください")
    expect(page.get_by_label("ワンタイムパスワード")).to_be_focused()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("番号が違うか、既に使われています")
    time.sleep(1.5)  # after a wrong code the device waits a second
    people.enter_code(page, "clerk", "hiroshima")
    expect(page.get_by_role("heading", level=1)).to_have_text("どの調書を開きますか")
    expect(page.locator(".person")).to_contain_text("見本 事務子")


def test_the_home_says_where_the_year_stands_and_what_waits(people: People) -> None:
    page = people.page("clerk1")
    page.goto(people.address("nara"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(OWN)
    for step in ("名簿", "調書受付", "照会", "算定", "進達", "決定", "支給1期"):
        expect(page.locator(".year-strip")).to_contain_text(step)
    expect(page.get_by_role("row", name=re.compile("調書の要確認"))).to_contain_text(re.compile("[1-9]件"))
    expect(page.locator(".sample-ribbon")).to_be_visible()
    picture(page, "home")


def test_a_household_is_found_and_its_calculation_unfolded_by_keyboard_alone(people: People) -> None:
    page = people.page("clerk1")
    page.goto(people.address("nara"))
    tab_to(page, page.locator(".places").get_by_role("link", name="世帯"))
    page.keyboard.press("Enter")
    search = page.get_by_label("氏名・かな・世帯番号")
    tab_to(page, search)
    page.keyboard.type("H29-000004")
    page.keyboard.press("Enter")
    first = page.locator("tr[data-row]").first
    expect(first).to_contain_text("H29-000004")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    tab_to(page, first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("世帯 H29-000004")
    tab_to(page, page.get_by_role("link", name="令和7年度の調書"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("さんの世帯の調書")
    assert_the_calculation_unfolds(page)


def assert_the_calculation_unfolds(page: Page) -> None:
    """Closed at first; opened by Enter; every line with its amount and the article it comes from."""
    need = page.locator("details.receipt", has=page.locator("summary", has_text="需要額"))
    lines = need.locator(".receipt-lines > li")
    expect(lines.first).not_to_be_visible()
    tab_to(page, need.locator("> summary").first)
    page.keyboard.press("Enter")
    expect(lines.first).to_be_visible()
    assert lines.filter(has_text=re.compile(r"[\d,]+円")).count() >= 3
    assert need.locator(".receipt-source").count() >= 3
    page.locator("#why").evaluate("heading => window.scrollTo(0, heading.offsetTop - 48)")
    picture(page, "statement")


def test_rows_move_with_the_arrows_and_n_leads_to_the_next_unfinished(people: People) -> None:
    page = people.page("clerk1")
    page.goto(people.address("nara", "/statements/"))
    rows = page.locator("tr[data-row]")
    tab_to(page, rows.first)
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(rows.first).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator("tr[data-row]:focus")).to_contain_text("要確認")


def test_only_the_own_school_is_seen(people: People) -> None:
    page = people.page("clerk1")
    for path in ("/households/", "/statements/"):
        page.goto(people.address("nara", path))
        expect(page.locator("tr[data-row]").first).to_contain_text(OWN)
        handled_elsewhere = [text for text in page.locator("tr[data-row]").all_inner_texts() if OWN not in text]
        assert handled_elsewhere == []
    everybody = people.page("clerk")
    everybody.goto(people.address("nara", "/households/?school=S29002"))
    elsewhere = [row for row in everybody.locator("tr[data-row]").all() if OWN not in row.inner_text()]
    address = elsewhere[0].get_by_role("link").first.get_attribute("href")
    answer = page.goto(people.address("nara", str(address)))
    assert answer is not None
    assert answer.status == 404
    assert OTHER not in page.locator("main").inner_text()


def test_who_logs_out_is_out_in_every_window(people: People) -> None:
    page, other = people.page("clerk1"), people.page("clerk1")
    page.goto(people.address("nara"))
    other.goto(people.address("nara"))
    page.get_by_role("button", name="ログアウト").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("ログアウトしました")
    other.reload()
    expect(other.get_by_role("heading", level=1)).to_have_text("ログイン")
    page.go_back()
    page.reload()
    expect(page.locator("main")).not_to_contain_text("調書の要確認")
    people.forget("clerk1")
