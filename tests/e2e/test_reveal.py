"""A 個人番号 is shown for a stated reason, for a moment, and the watch can read who looked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error, expect

from integrations.atena_adapters.individual_numbers import is_valid
from tests.e2e.people import People, picture
from tests.e2e.test_whole_year import dump

pytestmark = [pytest.mark.browser]

CASE = "R07-4711"


@pytest.mark.usefixtures("workers")
def test_a_number_is_shown_hidden_again_and_found_in_the_trail_without_its_digits(people: People) -> None:
    page = people.page("numbers")
    page.goto(people.address("nara", "/households/"))
    page.locator("tr[data-row]").first.get_by_role("link").first.click()
    page.get_by_role("link", name=re.compile("^表示")).first.click()
    people.step_up(page, "numbers")
    form = page.locator("form#reveal")
    expect(form).to_be_visible()
    form.evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="理由を記録して表示する").click()
    expect(page.get_by_role("alert")).to_contain_text("直すところが2件あります")
    expect(page.locator("output")).to_have_count(0)

    page.get_by_label("事務コード").select_option(index=1)
    page.get_by_label("案件番号または理由").fill(CASE)
    page.clock.install()
    page.get_by_role("button", name="理由を記録して表示する").click()
    shown = page.locator("output")
    expect(shown).to_have_text(re.compile(r"^\d{4} \d{4} \d{4}$"))
    number = shown.inner_text().replace(" ", "")
    assert is_valid(number)
    assert number not in page.url

    page.clock.fast_forward(61_000)
    expect(shown).to_contain_text("表示を終えました")
    assert number not in page.content().replace(" ", "")
    page.get_by_role("link", name="世帯へ戻る").click()
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser was told to keep nothing
        page.go_back()
    the_watch_sees_it(people, number)
    assert number.encode() not in dump(people.sessions.demo, "shugaku_audit")


def the_watch_sees_it(people: People, number: str) -> None:
    page = people.page("monitor")
    page.goto(people.address("nara", "/trail/"))
    page.get_by_role("navigation", name="出来事の種類").get_by_role("link", name=re.compile("^番号")).click()
    row = page.locator("tr[data-row]").first
    expect(row).to_contain_text("見本 番号子")
    row.locator("summary").click()
    expect(row).to_contain_text(CASE)
    expect(row).to_contain_text("事務コード")
    assert number not in page.content()
    picture(page, "trail")


def test_who_may_not_see_numbers_is_told_who_may(people: People) -> None:
    for username in ("clerk", "board"):
        page = people.page(username)
        answer = page.goto(people.address("nara", "/numbers/members/1/"))
        assert answer is not None
        assert answer.status == 403
        expect(page.locator("main")).to_contain_text("個人番号取扱者")
