"""Scanners that speak to running pages: headers, and wapiti with the cookies of somebody signed in, in two prefectures."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops.security.findings import ROOT, Finding
from ops.security.tools import ToolUnavailable, output_of, program

SECONDS_A_PREFECTURE = int(os.environ.get("SECURITY_CRAWL_SECONDS", "180"))
MODULES = "sql,xss,exec,file,crlf,redirect,ssrf,xxe"
LEVELS = {0: "low", 1: "low", 2: "medium", 3: "high", 4: "high"}
FEWEST_PAGES = 15
"""Fewer, and the crawl met hardly anything: it proved nothing."""

ENDS_THE_SESSION = (
    "/logout/*",
    "/login/*",
    "/enrol/*",
    "/account/lost/*",
    "/account/sessions/*/not-me/",
    "/users/{person}/*",
)
"""Left out: after one of these every answer is a redirect to log-in. `{person}`: the one who is signed in; the acts on
everybody else are crawled. A test presses every button of the accounts and compares."""

HEADERS = {
    "Content-Security-Policy": ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"),
    "X-Content-Type-Options": ("nosniff",),
    "Referrer-Policy": ("same-origin",),
    "X-Frame-Options": ("DENY",),
    "Cross-Origin-Opener-Policy": ("same-origin",),
    "Cache-Control": ("no-store",),
}
UNSAFE = ("unsafe-inline", "unsafe-eval", "http:", "https:", "*")


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    port: int
    cookie: str
    person: int

    def left_out(self) -> list[str]:
        return [path.format(person=self.person) for path in ENDS_THE_SESSION]


@contextmanager
def running() -> Iterator[list[Target]]:
    """Two prefectures with records of every kind and somebody signed in at each, on loopback; gone afterwards."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.scan_target"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            told = next((line for line in process.stdout or () if line.startswith("[")), "[]")
            targets = [Target(**one) for one in json.loads(told)]
            if not targets:
                raise ToolUnavailable("the pages to be scanned did not start")
            yield targets
        finally:
            process.communicate("stop\n", timeout=60)


def headers(targets: list[Target]) -> list[Finding]:
    found = []
    for target in targets:
        for path, cookie in (("/login/", ""), ("/", target.cookie), ("/households/", target.cookie), ("/nowhere/", "")):
            found += _headers_of(target, path, {"Cookie": cookie} if cookie else {})
        for host in ("nobody.localhost", "a/b"):
            found += _headers_of(target, "/", {"Host": host})
    return found


def is_signed_in(target: Target) -> bool:
    """Cookies whose session is over stay out: signed in at the end is signed in all the while."""
    return _answer(target, "/account/", {"Cookie": target.cookie}).status == http.HTTPStatus.OK


def _answer(target: Target, path: str, sent: dict[str, str]) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=20)
    connection.request("GET", path, headers=sent)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def _headers_of(target: Target, path: str, sent: dict[str, str]) -> list[Finding]:
    answer = _answer(target, path, sent)
    where = f"{target.name}{path} {sent.get('Host', '')}".rstrip()
    found = [
        Finding("headers", name, "high", where, 0, f"{wanted} is missing")
        for name, parts in HEADERS.items()
        for wanted in parts
        if wanted not in (answer.getheader(name) or "")
    ]
    policy = (answer.getheader("Content-Security-Policy") or "").replace(";", " ").split()
    found += [Finding("headers", "csp", "high", where, 0, f"allows {word}") for word in UNSAFE if word in policy]
    for cookie_set in answer.msg.get_all("Set-Cookie") or []:
        found += [
            Finding("headers", "cookie", "high", where, 0, f"{cookie_set.partition('=')[0]} lacks {wanted}")
            for wanted in ("HttpOnly", "SameSite=Strict", "Path=/")
            if wanted not in cookie_set
        ]
    return found


def wapiti(targets: list[Target], pages: dict[str, int]) -> list[Finding]:
    """`pages` receives how many were reached in each prefecture."""
    return [finding for target in targets for finding in _wapiti(target, pages)]


def _wapiti(target: Target, reached: dict[str, int]) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        url = f"http://127.0.0.1:{target.port}"
        command = [
            str(program("wapiti", "wapiti")), "-u", f"{url}/", "-m", MODULES, "-H", f"Cookie: {target.cookie}",
            *(part for path in target.left_out() for part in ("-x", url + path)),
            "--scope", "domain", "-d", "3", "--max-links-per-page", "40",
            "--max-files-per-dir", "15", "--max-scan-time", str(SECONDS_A_PREFECTURE),
            "--max-attack-time", str(max(10, SECONDS_A_PREFECTURE // 8)), "--store-session", folder, "--flush-session",
            "--no-bugreport", "-v", "0", "-f", "json", "-o", str(report),
        ]  # fmt: skip
        output_of(command, seconds=SECONDS_A_PREFECTURE * 4 + 120)
        told = json.loads(report.read_text(encoding="utf-8"))
    pages = int(told["infos"].get("crawled_pages_nbr") or 0)
    reached[target.name] = pages
    if pages < FEWEST_PAGES:
        yield Finding("wapiti", "crawl", "high", target.name, 0, f"only {pages} pages were reached: not signed in?")
    if not is_signed_in(target):
        yield Finding(
            "wapiti", "crawl", "high", target.name, 0, "signed out on the way: what came after proved nothing"
        )
    for category, found in told["vulnerabilities"].items():
        for one in found:
            yield Finding("wapiti", category, LEVELS[one["level"]], f"{target.name}{one['path']}", 0, one["info"][:200])
