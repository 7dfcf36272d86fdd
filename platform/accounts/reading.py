"""A page as a visitor who only reads is shown it: without the acts and the ways that would be refused, and recorded as tried.

The pages are those of the office, with forms and links for its own people. What a visitor may not do is taken out of the answer in one
place, so that no page can forget it; the guard refuses it all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from accounts import vendor
from accounts.access import access_of
from accounts.models import User

Opens = Callable[[str, str], bool]
"""(path, method) → whether the visitor may ask for it."""

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
CONTROLS = frozenset({"button", "input", "select", "textarea"})


class _Page(HTMLParser):
    """Repeats the page as it is written, but for what is left out."""

    def __init__(self, opens: Opens, here: str, dropped: frozenset[str] = frozenset()) -> None:
        super().__init__(convert_charrefs=False)
        self._opens, self._here = opens, here
        self._known = dropped
        self.dropped: set[str] = set()
        self.kept: list[str] = []
        self._out: list[str] = []
        """Names of the open elements inside what is left out, from its own name on."""
        self._bare: list[bool] = []
        """Of each open link: whether only its words stay."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._out or self._is_left_out(tag, given):
            if tag not in VOID:
                self._out.append(tag)
            return
        if tag == "a":
            self._bare.append(not self._may(given.get("href", ""), "GET"))
            if self._bare[-1]:
                return
        self._keep(self.get_starttag_text())

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._out:
            self._keep(self.get_starttag_text())

    def handle_endtag(self, tag: str) -> None:
        if self._out:
            while self._out and self._out.pop() != tag:
                continue
        elif tag != "a" or not (self._bare and self._bare.pop()):
            self._keep(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._keep(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._keep(f"<!{decl}>")

    def _keep(self, text: str | None) -> None:
        if not self._out:
            self.kept.append(text or "")

    def _is_left_out(self, tag: str, given: dict[str, str]) -> bool:
        if tag == "form" and given.get("method", "").lower() == "post":
            if self._may(given.get("action", ""), "POST"):
                return False
            self.dropped.add(given.get("id", ""))
            return True
        if tag in CONTROLS and given.get("form", "") in self._known - {""}:
            return True
        is_button = tag == "a" and "button" in given.get("class", "").split()
        return is_button and not self._may(given.get("href", ""), "GET")

    def _may(self, address: str, method: str) -> bool:
        split = urlsplit(address)
        if split.scheme or split.netloc:
            return True
        if not split.path:
            return method == "GET" or self._opens(self._here, method)
        return not split.path.startswith("/") or self._opens(split.path, method)


def without_acts(page: str, here: str, opens: Opens) -> str:
    """The page at the path `here`. A button may stand before the form it belongs to, so the page is read twice."""
    forms = _read(page, _Page(opens, here))
    return "".join(_read(page, _Page(opens, here, frozenset(forms.dropped))).kept)


def _read(page: str, reader: _Page) -> _Page:
    reader.feed(page)
    reader.close()
    return reader


def show_only(user: User, request: HttpRequest, response: HttpResponse) -> None:
    """Take out of a page what this visitor may not do, and the ways that are closed to them."""
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return

    def opens(path: str, method: str) -> bool:
        try:
            asked = resolve(path)
        except Resolver404:
            return False
        access = access_of(asked.func)
        return (access is not None and access.is_public) or vendor.may_open(user, asked.view_name, method)

    response.content = without_acts(response.content.decode(), request.path, opens).encode()
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))
