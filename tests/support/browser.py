"""Debian's chromium, headless and quiet. Tests that need it are skipped where it is missing, and say what to install."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser_setup import FONT, PACKAGES

_ARGUMENTS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--lang=ja",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1",
]


def chromium_program() -> str:
    """Where it is. Skips the test without it or without Japanese letters."""
    program = shutil.which("chromium")
    if program is None or not FONT.exists():
        pytest.skip(f"browser tests need Debian's chromium and Japanese fonts: apt-get install {' '.join(PACKAGES)}")
    return program


@contextmanager
def chromium(program: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS, headless=True)
        try:
            yield browser
        finally:
            browser.close()
