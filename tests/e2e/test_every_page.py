"""Every page that people can walk to: quiet browser, fits the screen, keyboard, names, contrast, サンプル."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, get_resolver, resolve
from django.urls.resolvers import URLPattern, URLResolver
from playwright.sync_api import Page

from tests.e2e.inspection import faults_of
from tests.e2e.people import CONSOLE, People
from web.methods import opens

pytestmark = [pytest.mark.browser]

TENANT_PEOPLE = ("clerk", "principal", "numbers", "security", "board", "manager", "approver", "monitor")
CONSOLE_PEOPLE = ("operator", "platform")
VISITS, CLOSE_VISITS = 5, 2
"""How many people open a page of the same name, and how many of them look closely; the order above lets all be reached."""
URLCONF = {"nara": "config.urls_tenant", CONSOLE: "config.urls_console"}

# Not walked to, because: they are no pages, they are open to strangers, or the state that shows them is not there.
NO_PAGES = {
    "health", "reports:download", "impact:workbook", "yearpacks:workbook", "console:adapter_export", "accounts:enrol_qr",
    "console:onboarding_progress", "console:adapter_progress", "console:adapter_trial",
    "linkage:reconciliation_workbook", "linkage:records_excel",
    "households:imports_blank", "households:schools_blank", "payments:imports_blank",
    "trail:head", "trail:key", "trail:verifier", "trail:proof", "trail:export", "review:month_pdf",
    "staffing:blank", "staffing:filled", "console:adapter_trial_report",
}  # fmt: skip
FOR_STRANGERS = {
    "accounts:login", "accounts:otp", "accounts:backup_code", "accounts:logged_out", "accounts:activate",
    "accounts:enrol_password", "accounts:enrol_device", "accounts:enrol_codes", "accounts:enrol_finish",
}  # fmt: skip
OTHER_STATE = {
    "accounts:users": "no role of the console makes people",
    "accounts:user": "no role of the console makes people",
    "accounts:user_new": "no role of the console makes people",
    "impact:run": "only after a run was asked for",
    "impact:movers": "only after a run was asked for",
    "impact:payments": "only after a run was asked for",
    "impact:replay": "only after the first night",
    "atena_trials:sample": "only after a file was tried",
    **dict.fromkeys(
        (
            "handover:medium",
            "handover:release",
            "handover:take_in",
            "handover:erase",
            "handover:history",
            "handover:act",
            "handover:confirm",
            "handover:receipts",
            "handover:download",
            "handover:open_lines",
            "handover:sheets",
            "handover:sheet",
            "handover:paper",
            "handover:compare",
            "handover:evidence",
        ),
        "only where the link is a medium or a terminal",
    ),
    "linkage:batches": "only with a troubled batch",
    "linkage:batch": "only with a troubled batch",
    "statements:source": "only where somebody has a certificate and an answer",
    "linkage:copy_list": "only after copies were to be provided",
    "linkage:copy_line": "only after copies were to be provided",
    "linkage:provision_rule": "only after copies were to be provided",
    "linkage:disclosure": "only after records were received",
    "linkage:held_inquiry": "only while another body asks",
    "vault:disposal": "only after a disposal was proposed",
    **dict.fromkeys(
        (
            "yearpacks:revision",
            "yearpacks:revision_coverage",
            "yearpacks:rows",
            "yearpacks:row",
            "yearpacks:accept",
            "yearpacks:approve",
            "yearpacks:preview",
            "yearpacks:force_approve",
        ),
        "only after a revision was made",
    ),
    "payments:approve": "only before the round is approved",
    "payments:release": "only before the round is released",
    "reports:wording_approve": "only while a wording waits for approval",
    "review:my_alerts": "only for who was asked",
    "review:my_alert": "only for who was asked",
    "console:first_manager": "only while a prefecture is brought in",
    "console:adapter_differences": "only from a second version on",
    "trail:request": "only after somebody asked for disclosure",
    "review:incident": "only after a grave verdict",
    "staffing:transfer": "only after a workbook of a transfer was handed in",
    "accounts:vendor_home": "only for the vendor's visitor",
    "accounts:vendor_enter": "only while a window is open",
}
BY_HAND = {
    "clerk": ["/unregistered/", "/statements/?state=checking", "/review/mine/", "/step-up/"],
    "board": ["/payments/", "/statements/?state=noticed"],
    "security": ["/households/canaries/", f"/review/months/{time.strftime('%Y-%m')}/"],
    "operator": ["/step-up/"],
}
"""Typed into the address bar, whoever was there before: a 調書 that still waits at the school, the board's own way into
支給, the month that goes on, and pages that only acts lead to."""


@dataclass
class Walk:
    """What was found on the way: faults by page and person, and the names of all pages seen."""

    faults: dict[str, list[str]] = field(default_factory=dict)
    seen: dict[str, Counter[str]] = field(default_factory=lambda: {"nara": Counter(), CONSOLE: Counter()})


@pytest.fixture(scope="module")
def walk(house: People) -> Walk:
    found = Walk()
    for place, usernames in (("nara", TENANT_PEOPLE), (CONSOLE, CONSOLE_PEOPLE)):
        for username in usernames:
            _walk_as(house, found, place, username)
    return found


def test_no_page_has_a_fault(walk: Walk) -> None:
    assert {where: faults for where, faults in walk.faults.items() if faults} == {}


@pytest.mark.parametrize("place", ["nara", CONSOLE])
def test_every_page_of_the_resolver_was_walked_to(walk: Walk, place: str) -> None:
    left_out = NO_PAGES | FOR_STRANGERS | set(OTHER_STATE)
    left_out -= {"accounts:users", "accounts:user", "accounts:user_new"} if place == "nara" else set()
    expected = set(_names(get_resolver(URLCONF[place]))) - left_out
    assert expected - set(walk.seen[place]) == set()
    assert sum(walk.seen[place].values()) > len(expected)


def test_the_pages_for_strangers_have_no_fault(people: People) -> None:
    faults = {}
    for place in ("nara", CONSOLE):
        page = people.stranger(place)
        for path in ("/login/", "/enrol/", "/logged-out/", "/login/backup-code/", "/login/otp/"):
            page.goto(people.address(place, path))
            faults[f"{place} {path}"] = faults_of(page)
    assert {where: found for where, found in faults.items() if found} == {}


def _walk_as(house: People, found: Walk, place: str, username: str) -> None:
    page = house.page(username, place)
    entries = ["/", *BY_HAND.get(username, [])]
    todo, mine = list(entries), set[str]()
    while todo:
        path = todo.pop(0)
        name = _name(path, place)
        if (
            name is None
            or name in mine
            or name in NO_PAGES
            or (found.seen[place][name] >= VISITS and path not in entries)
        ):
            continue
        mine.add(name)
        found.seen[place][name] += 1
        todo += _visit(house, found, page, place, username, path, closely=found.seen[place][name] <= CLOSE_VISITS)
    page.close()


def _visit(house: People, found: Walk, page: Page, place: str, username: str, path: str, *, closely: bool) -> list[str]:
    """Look at one page; returns where its links lead."""
    house.complaints.clear()
    answer = page.goto(house.address(place, path))
    faults = [] if answer is not None and answer.status == 200 else [f"answered {answer and answer.status}"]
    links = page.eval_on_selector_all("a[href^='/']", "links => links.map(link => link.getAttribute('href'))")
    faults += faults_of(page) if closely else []
    found.faults[f"{place}/{username} {path}"] = faults + house.complaints
    house.complaints.clear()
    return list(links)


def _name(path: str, place: str) -> str | None:
    try:
        return resolve(urlsplit(path).path, URLCONF[place]).view_name
    except Resolver404:
        return None


def _names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Names of all views that can be opened; those that only act (POST) are left out."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _names(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        elif isinstance(entry, URLPattern) and entry.name and opens(entry.callback):
            yield prefix + entry.name


def test_the_inspection_finds_what_it_looks_for(people: People) -> None:
    """It can fail: a page spoiled in each way is told so."""
    page = people.stranger()
    page.goto(people.address("nara", "/login/"))
    page.evaluate(
        r"""() => {
          const main = document.querySelector("main");
          main.insertAdjacentHTML("beforeend", "<h1>zwei</h1><p id='main' class='wide'>breit</p><button></button>");
          const wide = main.querySelector(".wide");
          wide.style.width = "3000px"; wide.style.maxWidth = "none"; wide.style.color = "rgb(250, 250, 250)";
          document.querySelector(".sample-ribbon").remove();
          document.documentElement.lang = "de";
          document.querySelector("#id_username").tabIndex = -1;
        }"""
    )
    told = " / ".join(faults_of(page))
    wanted = (
        "lang is de",
        "one h1",
        "ribbon",
        "wider than the window",
        "id twice: main",
        "no name",
        "no Tab",
        "hard to read",
    )
    assert [word for word in wanted if not re.search(word, told)] == []
