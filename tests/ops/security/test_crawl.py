"""What the crawl of `make security` proves: it is signed in from its first request to its last, or it fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from ops.security import crawl
from ops.security.crawl import Target

CRAWLED = '{"infos": {"crawled_pages_nbr": 748}, "vulnerabilities": {}}'


class _Pages(BaseHTTPRequestHandler):
    """Opens to one cookie; everybody else is sent to log-in."""

    def do_GET(self) -> None:
        known = self.headers.get("Cookie") == "sessionid=live"
        self.send_response(200 if known else 302)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody's reading."""


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def scanner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scanner that notes what it was told and reports many pages; returns where it notes."""
    program, told = tmp_path / "wapiti", tmp_path / "told"
    program.write_text(
        f"#!/bin/sh\nprintf '%s\\n' \"$@\" >{told}\n"
        f"while [ \"$1\" != -o ]; do shift; done\nprintf '%s' '{CRAWLED}' >\"$2\"\n"
    )
    program.chmod(0o700)
    monkeypatch.setattr(crawl, "program", lambda *_: program)
    return told


def test_a_crawl_that_was_signed_out_on_the_way_fails_however_many_pages_it_counts(port: int, scanner: Path) -> None:
    reached: dict[str, int] = {}
    assert crawl.wapiti([Target("kou", port, "sessionid=live", 2)], reached) == []
    (lost,) = crawl.wapiti([Target("otsu", port, "sessionid=ended", 2)], reached)
    assert (lost.severity, lost.path) == ("high", "otsu")
    assert "signed out" in lost.text
    assert reached == {"kou": 748, "otsu": 748}


def test_the_scanner_is_told_to_leave_alone_what_signs_it_out(port: int, scanner: Path) -> None:
    crawl.wapiti([Target("kou", port, "sessionid=live", 27)], {})
    words = scanner.read_text().split("\n")
    left_out = {after for word, after in pairwise(words) if word == "-x"}
    assert left_out == {f"http://127.0.0.1:{port}{path.format(person=27)}" for path in crawl.ENDS_THE_SESSION}
