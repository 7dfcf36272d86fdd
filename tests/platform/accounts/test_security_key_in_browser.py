"""A real browser with Chromium's virtual authenticator: our script, our policy of scripts, enrolment, log-in, step-up, keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route, sync_playwright

from tests.platform.accounts.sign_in import PASSWORD, client_of
from tests.platform.web.test_in_browser import CHROMIUM, QUIET

pytestmark = pytest.mark.browser
HOST = "http://kou.localhost"
KEY = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
KEY |= {"automaticPresenceSimulation": True}


class Office:
    """The browser lives in a thread of its own; whatever touches the database is done here, in the test's thread."""

    def __init__(self) -> None:
        self.client = client_of("kou.localhost")
        self.wanted: Queue[tuple[Callable[[], Any], Future[Any]] | None] = Queue()

    def do(self, work: Callable[[], Any]) -> Any:
        """From the browser's thread: have it done and wait for what comes of it."""
        done: Future[Any] = Future()
        self.wanted.put((work, done))
        return done.result(timeout=60)

    def serve(self, journey: Callable[[Page], None]) -> None:
        """Run the journey in a browser and do what it asks for until it is over."""
        with ThreadPoolExecutor(1) as browsers:
            running = browsers.submit(self._browse, journey)
            while (wanted := self.wanted.get()) is not None:
                work, done = wanted
                try:
                    done.set_result(work())
                except Exception as error:  # the browser's side raises it
                    done.set_exception(error)
            running.result()

    def _browse(self, journey: Callable[[Page], None]) -> None:
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, "--headless=new"])
                context = browser.new_context(viewport={"width": 1366, "height": 768})
                context.route("**/*", self._answer)
                page = context.new_page()
                page.set_default_timeout(10_000)
                tool = context.new_cdp_session(page)
                tool.send("WebAuthn.enable")
                tool.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
                journey(page)
                browser.close()
        finally:
            self.wanted.put(None)

    def _answer(self, route: Route) -> None:
        """The application answers in this process; cookies stay with the client."""
        asked = route.request
        address = urlsplit(asked.url)
        if address.path.startswith("/static/"):
            found = finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", address.path.removeprefix("/static/")))
            route.fulfill(path=str(found)) if found else route.fulfill(status=404)
            return
        path = f"{address.path}?{address.query}" if address.query else address.path
        kind, body = asked.headers.get("content-type", "text/html"), asked.post_data_buffer or b""
        answer = self.do(lambda: self.client.generic(asked.method, path, body, content_type=kind))
        if answer.status_code == 302:  # a redirect that is answered here would go to the network
            route.fulfill(
                content_type="text/html",
                body=f'<meta http-equiv="refresh" content="0;url={answer.headers["Location"]}">',
            )
            return
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "set-cookie"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.content)


def press_key_button(page: Page) -> None:
    """By keyboard, as a person without a mouse does."""
    button = page.get_by_role("button", name="セキュリティキーを使う")
    button.focus()
    page.keyboard.press("Enter")


def test_a_key_of_the_browser_enrols_logs_in_and_steps_up(try_views: None, clerk: Any, clock: Any) -> None:
    from accounts.services import issue_activation_code

    office = Office()
    complaints: list[str] = []

    def journey(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
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
    assert complaints == [], "nothing of ours is blocked by the policy of scripts"
