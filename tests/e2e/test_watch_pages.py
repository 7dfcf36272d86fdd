"""The watch: a log-in at night becomes an alert, a person confirms it, and the trail answers questions."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import backstage
from tests.e2e.people import People, picture, tab_to

pytestmark = [pytest.mark.browser]


def test_a_log_in_at_night_is_an_alert_with_its_sentence_and_the_next_act(people: People) -> None:
    backstage.log_in_at_night(people.sessions.demo)
    page = people.page("monitor")
    page.goto(people.address("nara"))
    page.get_by_role("link", name="警報を見る").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("確かめる警報はありますか")
    if page.get_by_role("row").filter(has_text="23:41").count() == 0:  # the night before the first of a month
        page.get_by_role("link", name=re.compile("^←")).click()
    row = page.locator("tr[data-row]").filter(has_text="23:41に").filter(has_text="見本 承認子").first
    expect(row).to_contain_text("検知")
    tab_to(page, page.locator("tr[data-row]").first, most=200)
    row.get_by_role("link").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("見本 承認子さん")
    expect(page.locator(".answer")).to_contain_text("23:41に")
    expect(page.locator(".answer")).to_contain_text("時間外利用届なし")
    expect(page.locator(".loop")).to_contain_text("次:")
    picture(page, "alert")
    page.get_by_label("所見・連絡事項").fill("休暇の届と合わない。")
    page.get_by_role("button", name="確認した").click()
    expect(page.locator(".loop")).to_contain_text("休暇の届と合わない。")
    expect(page.locator(".loop")).to_contain_text("見本 監視郎")


@pytest.mark.usefixtures("workers")
def test_events_are_narrowed_by_kind_by_person_and_by_day(people: People) -> None:
    people.page("monitor")
    page = people.page("security")
    page.goto(people.address("nara", "/trail/"))
    assert page.locator("tr[data-row]").count() > 20
    page.get_by_role("navigation", name="出来事の種類").get_by_role("link", name=re.compile("^利用$")).click()
    log_in = page.locator("tr[data-row]").filter(has_text="ログイン").filter(has_text="見本 監視郎")
    for _ in range(30):  # the relay carries events over every second or so
        if log_in.count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    assert all("閲覧" not in text for text in page.locator("tr[data-row] td:nth-of-type(1)").all_inner_texts())
    log_in.first.get_by_role("link", name=re.compile("監視郎")).click()
    names = page.locator("tr[data-row] td:nth-of-type(2)").all_inner_texts()
    assert names
    assert all("見本 監視郎" in name for name in names)
    page.get_by_label("いつから").fill("R7.13.1")
    page.get_by_role("button", name="この期間で見る").click()
    expect(page.get_by_role("alert")).to_contain_text("直すところが1件あります")
    page.get_by_label("いつから").fill("令和元年5月1日")
    page.get_by_label("いつまで").fill("R1.5.31")
    page.get_by_role("button", name="この期間で見る").click()
    expect(page.locator("main")).to_contain_text("あてはまる記録はありません")


def test_the_watch_is_shown_no_household(people: People) -> None:
    page = people.page("monitor")
    for path in ("/households/", "/statements/", "/payments/"):
        answer = page.goto(people.address("nara", path))
        assert answer is not None
        assert answer.status == 403
