"""One form for the same thing wherever people read it: 桁, and digests that do not fill a line."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from django.template import Context, Template

from tests.platform.web.test_fields import ROOMS, ROOT

SHOWN = (".py", ".html", ".js", ".typ", ".toml")


def texts(*suffixes: str) -> dict[str, str]:
    found = (path for room in (*ROOMS, "docs") for path in (ROOT / room).rglob("*") if path.suffix in suffixes)
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in found if path.is_file()}


def test_digits_are_counted_in_kanji() -> None:
    """The glossary says 桁."""
    written = texts(*SHOWN, ".md")
    assert len(written) > 1000
    kana = re.compile(r"[0-9０-９}]けた|けた(?:数の|の抜け)")
    assert [name for name, text in written.items() if kana.search(text) and name != "docs/glossary.md"] == []


def test_no_page_shows_a_whole_digest_at_once() -> None:
    bare = re.compile(r"\{\{\s*[\w.]*(?:digest|sha256)\s*(?:\|(?!digest)[^}]*)?\}\}")
    sent = re.compile(r'value="\{\{[^}]*\}\}"')
    pages = {name: sent.sub("", text) for name, text in texts(".html").items()}
    assert sum("|digest }}" in text for text in pages.values()) > 10
    assert {name: found for name, text in pages.items() if (found := bare.findall(text))} == {}


def test_workbooks_and_pages_name_a_day_in_one_form() -> None:
    """和暦; only what machines read (an ISO tooltip, a CSV for checking programs, names of files) has figures alone."""
    iso = re.compile(r"isoformat\(|%Y-%m-%d")
    writing = {name: text for name, text in texts(".py").items() if Path(name).name == "workbook.py"}
    assert len(writing) >= 3
    assert [name for name, text in writing.items() if iso.search(text)] == []


def test_no_title_of_a_page_holds_markup() -> None:
    """A browser shows a title's tags as they are written; filters that write tags are stripped of them there."""
    from web.dates import to_wareki_short
    from web.templatetags.web import wareki_short

    title = re.compile(r"{% block title %}(.*?){% endblock %}", re.S)
    marked = re.compile(r"\|(?:wareki\w*|state_mark|lapse_mark|digest)(?:\:[^|}]*)?\s*}}|<|{%\s*(?:person|field|table)")
    titles = {name: found for name, text in texts(".html").items() for found in title.findall(text)}
    assert len(titles) > 100
    assert {name: found for name, found in titles.items() if marked.search(found)} == {}
    assert marked.search("{{ day|wareki_short }}")
    day = date(2026, 4, 1)
    assert Template("{{ day|striptags }}").render(Context({"day": wareki_short(day)})) == to_wareki_short(day)
