"""The operator: the list, an adapter tried against a running 統合宛名, a new prefecture brought in, and never a family's name."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e import backstage
from tests.e2e.people import CONSOLE, People, picture

pytestmark = [pytest.mark.browser]

PATIENCE_MILLISECONDS = 90_000


def open_console(people: People, path: str = "/") -> Page:
    page = people.page("operator", CONSOLE)
    page.goto(people.address(CONSOLE, path))
    return page


def test_the_list_says_which_prefecture_needs_a_hand(people: People) -> None:
    page = open_console(people)
    expect(page.get_by_role("heading", level=1)).to_have_text("どの団体に手当てが要りますか")
    for name in ("サンプル奈良県", "サンプル大阪府", "サンプル広島県"):
        expect(page.get_by_role("row").filter(has_text=name)).to_contain_text("稼働")
    expect(page.locator(".top-bar-note")).to_have_text("個人の情報は表示されません")
    picture(page, "console")


@pytest.mark.usefixtures("workers")
def test_an_adapter_is_written_by_a_form_and_tried(people: People) -> None:
    page = open_console(people, "/prefectures/270008/adapter/")
    page.get_by_role("link", name=re.compile("をもとに新しい版を作る")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("どうつなぎますか")
    folder = page.get_by_label("連携フォルダー")
    kept = folder.input_value()
    folder.fill("")
    page.locator("main form").first.evaluate("form => form.noValidate = true")
    page.get_by_role("button", name=re.compile("保存")).click()
    expect(page.get_by_role("alert")).to_contain_text("連携フォルダー")
    page.get_by_label("連携フォルダー").fill(kept)
    page.get_by_role("button", name=re.compile("保存")).click()
    expect(page.get_by_role("status").first).to_contain_text("次に接続試験を実行してください")
    people.press(page, "接続試験を実行する", "operator", CONSOLE)
    results = page.locator("#check tbody")
    expect(results).to_contain_text("無効な照会の拒否", timeout=PATIENCE_MILLISECONDS)
    expect(results).to_contain_text("正常")
    expect(results).not_to_contain_text("異常")
    expect(page.locator(".answer")).to_contain_text("接続試験済")
    picture(page, "adapter")
    expect(page.locator(".act-box")).to_contain_text("作成した人とは別の運用者")


@pytest.mark.usefixtures("workers")
def test_a_new_prefecture_comes_in_by_pages(people: People) -> None:
    page = open_console(people, "/onboarding/")
    page.get_by_label("団体コード").fill("300004")
    page.get_by_label("名称").fill("サンプル和歌山県")
    page.get_by_label("ホスト名の先頭").fill("nara")
    page.get_by_label("取扱年度").fill("2025")
    page.get_by_label("サンプル").select_option(index=1)
    page.get_by_label("最初の管理者の職員ID").fill("ａｄｍｉｎ")
    page.get_by_label("最初の管理者の氏名").fill("見本 和歌子")
    page.get_by_role("button", name="登録して導入を始める").click()
    expect(page.get_by_role("alert")).to_contain_text("ホスト名")
    expect(page.get_by_role("alert")).to_contain_text("係や役目を表す職員IDです")
    page.get_by_label("最初の管理者の職員ID").fill("wakayama-0001")
    page.get_by_label("ホスト名の先頭").fill("wakayama")
    page.get_by_role("button", name="登録して導入を始める").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("サンプル和歌山県の導入")
    steps = page.locator("#steps tbody tr")
    expect(steps.filter(has_text="完了")).to_have_count(9, timeout=PATIENCE_MILLISECONDS)
    expect(page.locator(".answer")).to_contain_text("手順 9/9")
    the_code_goes_to_a_second_operator(people, page)
    not_live_yet = httpx.get(
        f"http://127.0.0.1:{people.sessions.demo.port}/", headers={"Host": "wakayama.localhost"}, follow_redirects=True
    )
    assert not_live_yet.status_code == 503
    assert "準備中" in not_live_yet.text


def the_code_goes_to_a_second_operator(people: People, page: Page) -> None:
    expect(page.get_by_text("別の運用者に依頼してください")).to_be_visible()
    expect(page.get_by_role("button", name="利用開始コードを表示する")).to_have_count(0)
    second = people.page("operator2", CONSOLE)
    second.goto(page.url)
    people.press(second, "利用開始コードを表示する", "operator2", CONSOLE)
    expect(second.locator(".code-large code")).to_be_visible()
    expect(second.locator(".answer")).to_contain_text("見本 和歌子さん（職員ID wakayama-0001）")
    picture(second, "handover")


def test_no_page_of_the_console_names_a_member_of_a_family(people: People) -> None:
    names = backstage.names_of_people(people.sessions.demo)
    assert len(names) > 50
    page = open_console(people)
    paths = ["/", "/onboarding/", "/platform/", "/jobs/", "/onboarding/290009/", "/prefectures/290009/adapter/1/"]
    for path in paths:
        answer = page.goto(people.address(CONSOLE, path))
        assert answer is not None
        assert answer.status == 200
        text = page.locator("body").inner_text()
        assert {name for name in names if name in text} == set()
    for path in ("/households/", "/statements/", "/trail/"):
        answer = page.goto(people.address(CONSOLE, path))
        assert answer is not None
        assert answer.status == 404
