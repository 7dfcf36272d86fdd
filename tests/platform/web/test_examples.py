"""docs/pages.md: every example renders, is sound HTML under the strict CSP, and no component is left out."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import engines

from tests.platform.web.conftest import Render
from tests.platform.web.samples import values
from web.templatetags.web import register

ROOT = Path(__file__).parents[3]
PAGES = (ROOT / "docs" / "pages.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```django\n(.*?)```", PAGES, flags=re.DOTALL)
TEMPLATES = ROOT / "platform" / "web" / "templates"
INNER_PARTS = {"field", "field_need", "field_notes", "messages", "person", "places", "receipt_lines"}
VOID = {"meta", "link", "input", "br", "img", "hr", "rect"}


class Soundness(HTMLParser):
    """Counts what a strict CSP or a screen reader would choke on."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.faults += [f"{tag} {name}" for name, _ in attrs if name == "style" or name.startswith("on")]
        self.faults += [tag] if tag == "style" or (tag == "script" and "src" not in given) else []
        self.faults += [v for _, v in attrs if v and re.match(r"(https?:)?//", v) and tag != "svg"]

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.faults.append(f"</{tag}> does not close what is open")

    def handle_data(self, data: str) -> None:
        self.faults += re.findall(r"\{[{%].*?[}%]\}|None", data)


def check(html: str) -> Soundness:
    parsed = Soundness()
    parsed.feed(html)
    parsed.close()
    return parsed


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_renders_sound(example: str, render: Render) -> None:
    parsed = check(render(example, **values()))
    assert parsed.faults == []
    assert parsed.open == []
    assert len(parsed.ids) == len(set(parsed.ids))


def test_every_component_and_tag_has_an_example() -> None:
    shown = "".join(EXAMPLES)
    components = {path.stem for path in (TEMPLATES / "web" / "components").glob("*.html")} - INNER_PARTS
    by_tag = set(register.tags)
    missing = [n for n in components - by_tag if f"components/{n}.html" not in shown]
    missing += [n for n in by_tag - {"places", "year_relation"} if f"{{% {n} " not in shown]
    missing += [n for n in register.filters if f"|{n}" not in shown]
    assert missing == []


@pytest.mark.parametrize("path", sorted(p for p in TEMPLATES.rglob("*.html") if p.parent.name != "components"), ids=str)
def test_base_and_error_pages_tolerate_a_missing_context(path: Path) -> None:
    html = engines["django"].get_template(str(path.relative_to(TEMPLATES))).render({})
    assert check(html).faults == []


def test_server_error_page_needs_no_request() -> None:
    html = engines["django"].get_template("500.html").render({})
    assert "何も保存されていません" in html
    assert "問い合わせ番号" not in html
