"""The end of a session as a person at the keyboard meets it: warned, staying, thrown out in the middle, and given back the input."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.platform.accounts.office import HOST, Office
from tests.platform.accounts.sign_in import PASSWORD, code_of, sign_in

pytestmark = pytest.mark.browser
NAME = "山田 未保存"


def test_warned_staying_thrown_out_and_given_back(try_views: None, manager: Any, clock: Any) -> None:
    from accounts.drafts import CHANGED
    from accounts.models import InputDraft, SessionRecord, User

    office = Office()
    sign_in(office.client, manager)

    def pass_by(page: Page, minutes: float) -> None:
        """The same minutes at the browser and at the server."""
        office.do(lambda: clock.advance(seconds=int(minutes * 60)))
        page.clock.run_for(int(minutes * 60_000))

    def kept() -> Any:
        return office.do(
            lambda: [
                pair for draft in InputDraft.objects.all() for pair in draft.fields() if pair[1] and pair[0] != CHANGED
            ]
        )

    def journey(page: Page) -> None:
        page.clock.install()
        page.goto(f"{HOST}/users/new/")
        warning = page.locator("#leaving")
        expect(warning).to_be_hidden()
        page.get_by_label("氏名").focus()
        page.keyboard.type(NAME)
        with page.expect_response("**/account/draft/"):
            pass_by(page, 0.1)
        assert kept() == [("display_name", NAME)], "a few seconds after the last key, and nothing but what was typed"
        pass_by(page, 28.5)
        expect(page.get_by_role("alert").filter(has_text="あと2分ほどでログアウトします")).to_be_visible()
        page.get_by_role("button", name="利用を続ける").focus()
        with page.expect_response("**/account/draft/"):
            page.keyboard.press("Enter")
        expect(warning).to_be_hidden()
        pass_by(page, 28.5)
        expect(warning).to_be_visible()
        with page.expect_response("**/account/draft/"):
            page.keyboard.press("Escape")
        expect(warning).to_be_hidden()
        seen = office.do(lambda: SessionRecord.objects.get(user=manager, ended_at=None).last_seen_at)
        assert seen == clock.now
        page.get_by_label("職員ID").focus()
        page.keyboard.type("shinjin")
        page.get_by_label("ふりがな").focus()
        page.keyboard.type("やまだ")
        with page.expect_response("**/account/draft/"):
            pass_by(page, 0.1)
        pass_by(page, 31)
        expect(page.get_by_role("alert").filter(has_text="安全のためログアウトしました")).to_be_visible()
        expect(page.get_by_role("heading", name="ログアウトしました")).to_be_visible()
        expect(page.get_by_label("氏名")).to_have_count(0)
        expect(page).to_have_title("ログアウトしました")
        expect(page.get_by_role("link", name="ログインする")).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url("**/login/?next=%2Fusers%2Fnew%2F&ended=idle*")
        expect(page.get_by_label("職員ID")).to_be_focused()
        page.keyboard.type("manager")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/login/otp/")
        expect(page.get_by_label("ワンタイムパスワード")).to_be_focused()
        page.keyboard.type(office.do(lambda: code_of(manager)))
        page.keyboard.press("Enter")
        page.wait_for_url("**/users/new/")
        expect(page.get_by_role("region", name="保存前の入力を戻しますか")).to_be_focused()
        expect(page.get_by_label("氏名")).to_have_value("")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="戻す")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("まだ保存されていません")).to_be_focused()
        expect(page.get_by_label("氏名")).to_have_value(NAME)
        expect(page.get_by_label("ふりがな")).to_have_value("やまだ")
        expect(page.get_by_text("全部の項目を確かめてください")).to_have_count(0)
        expect(page.locator("[data-refilled]")).to_have_count(3)
        expect(page).to_have_url(re.compile("/users/new/$"))
        assert "未保存" not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")

    office.serve(journey)
    assert not User.objects.filter(display_name=NAME).exists()
    assert office.complaints == []
