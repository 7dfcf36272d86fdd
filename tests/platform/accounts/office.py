"""A real browser before the application in this process: pages, scripts, styles and policy as people get them, no server."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route

from tests.platform.accounts.sign_in import client_of
from tests.support.browser import chromium, chromium_program

HOST = "http://kou.localhost"
KEY = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
KEY |= {"automaticPresenceSimulation": True}


class Office:
    """The browser lives in a thread of its own; whatever touches the database is done here, in the test's thread."""

    def __init__(self) -> None:
        self.program = chromium_program()
        self.client = client_of("kou.localhost")
        self.complaints: list[str] = []
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
            with chromium(self.program) as browser:
                context = browser.new_context(viewport={"width": 1366, "height": 768})
                context.route("**/*", self._answer)
                page = context.new_page()
                page.set_default_timeout(10_000)
                page.on("pageerror", lambda error: self.complaints.append(str(error)))
                page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
                tool = context.new_cdp_session(page)
                tool.send("WebAuthn.enable")
                tool.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
                journey(page)
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
        sent_from = {"referer": asked.headers["referer"]} if "referer" in asked.headers else {}
        answer = self.do(lambda: self.client.generic(asked.method, path, body, content_type=kind, headers=sent_from))
        if (
            answer.status_code == 302 and asked.resource_type == "document"
        ):  # a redirect that is answered here would go to the network
            route.fulfill(
                content_type="text/html",
                body=f'<meta http-equiv="refresh" content="0;url={answer.headers["Location"]}">',
            )
            return
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "set-cookie"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.content)
