"""Titles where records keep code names."""

from __future__ import annotations

from pathlib import Path

from django.template import Context, Template

from domain.rules import available_packs

ROOT = Path(__file__).parents[3]


def _titled(name: str) -> str:
    return Template("{% load packs %}{{ name|pack_title }}").render(Context({"name": name, "autoescape": False}))


def test_shipped_packs_have_their_titles_and_own_ones_their_number() -> None:
    for pack in available_packs():
        assert pack.title != pack.name
        assert _titled(pack.name) == pack.title
    assert _titled("board-2025-3") == "令和7年度 第3版"
    assert _titled("R99-unknown") == "R99-unknown"


def test_pages_print_no_name_of_a_folder() -> None:
    bare = ("{{ round.pack }}", "{{ pack.name }}", "{{ revision.base }}", "{{ overlay }}", "{{ plan.after.name }}")
    pages = [path for room in ("domain", "tenants") for path in (ROOT / room).rglob("*.html")]
    assert len(pages) > 50
    found = {path.name: [each for each in bare if each in path.read_text(encoding="utf-8")] for path in pages}
    assert {name: each for name, each in found.items() if each} == {}
