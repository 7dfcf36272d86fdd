"""A real browser with Chromium's virtual authenticator: our script, our policy of scripts, enrolment, log-in, step-up, keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.platform.accounts.office import HOST, Office
from tests.platform.accounts.sign_in import PASSWORD

pytestmark = pytest.mark.browser


def press_key_button(page: Page) -> None:
    """By keyboard, as a person without a mouse does."""
    button = page.get_by_role("button", name="セキュリティキーを使う")
    button.focus()
    page.keyboard.press("Enter")


def test_a_key_of_the_browser_enrols_logs_in_and_steps_up(try_views: None, clerk: Any, clock: Any) -> None:
    from accounts.services import issue_activation_code

    office = Office()

    def journey(page: Page) -> None:
        page.goto(f"{HOST}/enrol/")
        page.get_by_label("職員ID").fill("clerk")
        page.get_by_label("利用開始コード").fill(office.do(lambda: issue_activation_code(clerk)))
        page.keyboard.press("Enter")
        page.wait_for_url("**/enrol/password/")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=again]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/enrol/device/")
        press_key_button(page)
        page.wait_for_url("**/enrol/codes/")
        office.do(lambda: office.client.post("/enrol/codes/"))
        page.goto(f"{HOST}/login/")
        page.get_by_label("職員ID").fill("clerk")
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/login/otp/")
        press_key_button(page)
        page.wait_for_url(f"{HOST}/")
        clock.advance(minutes=11)
        page.goto(f"{HOST}/act/")
        page.wait_for_url("**/step-up/**")
        press_key_button(page)
        page.wait_for_url("**/act/")
        assert page.inner_text("body") == "done"

    office.serve(journey)
    assert clerk.session_records.get(ended_at=None).method == "webauthn"
    assert office.complaints == [], "nothing of ours is blocked by the policy of scripts"
