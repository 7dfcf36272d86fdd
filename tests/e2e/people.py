"""Real people at a real browser: each signs in once with password and one-time code and keeps the session for the whole run."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page

from tests.support.demo_run import DemoRun

WIDTH, HEIGHT = 1366, 768
TIMEOUT_MILLISECONDS = 15_000
CONSOLE = "console"
CODES_KEEP_SECONDS = 20.0  # a code is still accepted in the step after its own
OWN_PAGES_OF_THE_BROWSER = "chrome-error://chromewebdata/"
NEEDED_BY_REFUSALS = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Codes:
    """One-time codes of the demo's people. Printing them costs a start of Django, so a batch serves several sign-ins."""

    demo: DemoRun
    batch: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    fetched_at: float = float("-inf")

    def take(self, host: str, username: str) -> str:
        """A code that was not used yet; it is good for one sign-in or step-up."""
        if time.monotonic() - self.fetched_at > CODES_KEEP_SECONDS or username not in self.batch.get(host, {}):
            self.batch = self.demo.codes()
            self.fetched_at = time.monotonic()
        return self.batch[host].pop(username)


@dataclass
class Sessions:
    """What outlives a browser: the cookies of everybody who has signed in, by (place, username)."""

    demo: DemoRun
    codes: Codes
    cookies: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)


@dataclass
class People:
    """The people of one browser. `place` is the label of a host: nara, osaka, hiroshima, or console."""

    browser: Browser
    sessions: Sessions
    contexts: dict[tuple[str, str], BrowserContext] = field(default_factory=dict, repr=False)
    strangers: list[BrowserContext] = field(default_factory=list, repr=False)
    complaints: list[str] = field(default_factory=list)

    def address(self, place: str, path: str = "/") -> str:
        return f"http://{place}.localhost:{self.sessions.demo.port}{path}"

    def stranger(self, place: str = "nara") -> Page:
        """A page of somebody who has not signed in."""
        self.strangers.append(self._context())
        return self._watched(self.strangers[-1].new_page(), place)

    def page(self, username: str, place: str = "nara") -> Page:
        """A fresh page of this person, signed in."""
        key = (place, username)
        if key not in self.contexts:
            self.contexts[key] = self._context(self.sessions.cookies.get(key))
        page = self._watched(self.contexts[key].new_page(), f"{place}/{username}")
        if key not in self.sessions.cookies:
            self.sign_in(page, username, place)
            self.sessions.cookies[key] = self.contexts[key].storage_state()
        return page

    def sign_in(self, page: Page, username: str, place: str) -> None:
        page.goto(self.address(place, "/login/"))
        page.get_by_label("職員ID").fill(username)
        page.get_by_label("パスワード").fill(self.sessions.demo.password())
        page.keyboard.press("Enter")
        page.wait_for_url("**/login/otp/")
        self.enter_code(page, username, place)

    def enter_code(self, page: Page, username: str, place: str = "nara") -> None:
        """At the page that asks for a one-time code: type the current one and go on."""
        host = f"{place}.localhost"
        for _ in range(3):
            page.locator("input[name=token]").fill(self.sessions.codes.take(host, username))
            with page.expect_navigation():
                page.keyboard.press("Enter")
            if page.locator("input[name=token]").count() == 0:
                return
            time.sleep(2)  # the device waits a moment after each wrong code
        raise AssertionError(f"no code of {username} was accepted: {page.locator('main').inner_text()}")

    def step_up(self, page: Page, username: str, place: str = "nara") -> None:
        """Give the fresh one-time code that an important act asks for; nothing when the last one is still fresh."""
        if "/step-up/" in page.url:
            self.enter_code(page, username, place)

    def press(self, page: Page, label: str, username: str, place: str = "nara") -> None:
        """Press the button of an important act; when a fresh code is wanted first, give it and press again."""
        page.get_by_role("button", name=label).click()
        if "/step-up/" in page.url:
            self.enter_code(page, username, place)
            page.get_by_role("button", name=label).click()

    def forget(self, username: str, place: str = "nara") -> None:
        """The person has logged out."""
        self.sessions.cookies.pop((place, username), None)
        self.contexts.pop((place, username)).close()

    def close_pages(self) -> None:
        for context in self.contexts.values():
            for page in context.pages:
                page.close()
        for stranger in self.strangers:
            stranger.close()
        self.strangers.clear()

    def close(self) -> None:
        """Keep the cookies: a step-up changes the session's key."""
        for key, context in self.contexts.items():
            if key in self.sessions.cookies:
                self.sessions.cookies[key] = context.storage_state()
            with suppress(Error):
                context.close()

    def _context(self, state: Any = None) -> BrowserContext:
        return self.browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, locale="ja-JP", timezone_id="Asia/Tokyo", storage_state=state
        )

    def _watched(self, page: Page, whose: str) -> Page:
        """Whatever the browser complains about is kept: script errors, contents refused by the policy, failed requests."""
        page.set_default_timeout(TIMEOUT_MILLISECONDS)
        page.on("pageerror", lambda error: self.complaints.append(f"{whose} {page.url}: {error}"))
        page.on("console", lambda message: self._note(message, f"{whose} {page.url}"))
        return page

    def _note(self, message: ConsoleMessage, where: str) -> None:
        """An answer that refuses (403, 404, 422 …) is for the test itself to judge, and the browser's own pages are not ours."""
        ours = message.type in ("error", "warning") and not where.endswith(OWN_PAGES_OF_THE_BROWSER)
        if ours and not message.text.startswith(NEEDED_BY_REFUSALS):
            self.complaints.append(f"{where}: {message.text}")


def tab_to(page: Page, wanted: Locator, most: int = 120) -> None:
    """Reach an element with the Tab key alone."""
    for _ in range(most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab on {page.url} do not reach {wanted}")


PICTURES_OF_THE_README = ("home", "statement", "round", "console")


def picture(page: Page, name: str) -> None:
    """The window as it is: the README's four into the folder SCREENSHOTS, all of them into the folder LOOK, for people's eyes."""
    readme = os.environ.get("SCREENSHOTS") if name in PICTURES_OF_THE_README else None
    for folder in filter(None, (readme, os.environ.get("LOOK"))):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")
