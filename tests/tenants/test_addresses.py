"""What people type never stands in an address: browsers keep addresses, and proxies write them down (ASVS 14.2.1).

Every page is opened, and each form that sends by GET is looked at. A new one is looked at without writing a test; a field in which
something is typed has to be told here, with the reason why no name and no number of a person can be meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.urls import reverse

from tests.tenants.isolation_probe import CONSOLE, A, World, signed_in
from tests.tenants.isolation_world import MARK

ROOT = Path(__file__).resolve().parents[2]
CHOSEN = {"radio", "checkbox", "select", "submit", "button", "reset", "image"}
"""Controls in which one of some given values is chosen, and nothing typed."""

DAY = "a day: the field reads dates and refuses anything else"
TYPED = {
    ("trail:list", "since"): DAY,
    ("trail:list", "until"): DAY,
    ("linkage:reconciliation", "first"): DAY,
    ("linkage:reconciliation", "last"): DAY,
    (
        "linkage:batches",
        "sequence",
    ): "通番 of a sending: counted by the link, of no person, and nothing but figures is read",
}
CARRIED = {
    ("trail:list", "group"): "a kind of event of the vocabulary",
    ("trail:list", "actor"): "the row's key of who acted, no 職員ID",
    ("trail:list", "kind"): "a kind of record",
    ("trail:list", "id"): "the row's key of a record",
    ("trail:list", "only"): "yes or nothing",
    ("statements:list", "searched"): "that there are words; the words stay in the session",
    ("statements:list", "sort"): "a column's key",
}
"""Hidden fields, which carry on what the address says already."""


@dataclass
class GetForms(HTMLParser):
    """The controls of a page's forms that send by GET, and all addresses on it."""

    html: str
    typed: set[str] = field(default_factory=set)
    carried: set[str] = field(default_factory=set)
    addresses: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._gets: set[str] = set(re.findall(r'<form(?![^>]*method="post")[^>]*\bid="([^"]+)"', self.html))
        self._inside = False
        self.feed(self.html)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        self.addresses += [attributes[name] for name in ("href", "action", "src", "hx-get") if name in attributes]
        if tag == "form":
            self._inside = attributes.get("method", "get").lower() != "post"
        if attributes.get("formmethod", "post").lower() != "post" or (
            tag in ("form", "input") and "hx-get" in attributes
        ):
            self.faults.append(f"<{tag}> sends by GET past its form")
        if tag in ("input", "textarea", "select") and attributes.get("name"):
            of_form = attributes.get("form", "")
            if (of_form in self._gets) if of_form else self._inside:
                self._keep(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False

    def _keep(self, tag: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("type", "text").lower() if tag == "input" else tag
        if kind == "hidden":
            self.carried.add(attributes["name"])
        elif kind not in CHOSEN:
            self.typed.add(attributes["name"])


@dataclass
class Looked:
    typed: set[tuple[str, str]] = field(default_factory=set)
    carried: set[tuple[str, str]] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def at(self, name: str, answer: Any) -> None:
        found = GetForms(answer.content.decode())
        self.typed |= {(name, control) for control in found.typed}
        self.carried |= {(name, control) for control in found.carried}
        self.templates |= {str(template.name) for template in answer.templates}
        self.faults += [f"{name}: {fault}" for fault in found.faults]
        self.faults += [
            f"{name}: a person's name in {address}" for address in found.addresses if MARK in unquote(address)
        ]


def pages(world: World) -> Iterator[tuple[str, Any]]:
    for host in (A, CONSOLE):
        client = signed_in(world, host)
        for url in world.of(host):
            answer = client.get(url.path) if not url.is_public else None
            if answer is not None and answer.headers.get("Content-Type", "").startswith("text/html"):
                yield url.name, answer
        if host == A:
            yield from after_searches(client)


def after_searches(client: Any) -> Iterator[tuple[str, Any]]:
    """The lists again, with words searched for and a column chosen: what a form carries on then."""
    for name in SEARCHES:
        answer = client.post(
            reverse(name, "config.urls_tenant"), {"text": MARK, "household": "H1", "first": "R7.4.1", "last": "R8.3.31"}
        )
        yield name, client.get(answer.headers["Location"] + "&sort=-number")


SEARCHES = ("households:list", "statements:list", "payments:expenses", "accounts:users", "linkage:records")


@pytest.fixture
def looked(world: World) -> Looked:
    found = Looked()
    for name, answer in pages(world):
        found.at(name, answer)
    return found


def test_nothing_that_means_a_person_is_typed_into_an_address(looked: Looked) -> None:
    """Both ways: what is typed or carried is told above, and what is told above is there."""
    assert looked.typed == set(TYPED)
    assert looked.carried == set(CARRIED)
    assert not looked.faults, "\n".join(looked.faults)
    assert set(forms_by_get()) <= looked.templates, "a form by GET on no page that was opened"


def forms_by_get() -> list[str]:
    """Templates with a form that sends by GET, as Django names them."""
    rooms = ("domain", "platform", "tenants", "audit")
    found = [path for room in rooms for path in (ROOT / room).rglob("templates/**/*.html")]
    sends = re.compile(r'<form(?![^>]*method="post")[^>]*>')
    return [str(path).rpartition("/templates/")[2] for path in found if sends.search(path.read_text(encoding="utf-8"))]


def test_a_search_leads_to_an_address_without_its_words(world: World) -> None:
    client = signed_in(world, A)
    for name in SEARCHES:
        typed = {"text": MARK, "household": MARK, "party": MARK, "first": "R7.4.1", "last": "R8.3.31"}
        answer = client.post(reverse(name, "config.urls_tenant"), typed)
        assert (answer.status_code, "searched=1" in answer.headers["Location"]) == (302, True), name
        assert MARK not in unquote(answer.headers["Location"]), name
