"""No silent box: what the fonts lack is printed as 〓 and listed with its place."""

import io
import re
from typing import Any

import pypdf
import pytest

from domain.reports.typesetting import RenderedPdf, fonts, render_pdf
from domain.reports.typesetting.engine import TEMPLATES
from domain.reports.typesetting.glyphs import Inspector, MissingGlyph, units
from tests.domain.reports.typesetting import samples

GOTHIC = fonts.read(fonts.gothic())


def inspected(text: str) -> tuple[object, list[MissingGlyph]]:
    inspector = Inspector([GOTHIC])
    return inspector.printable({"documents": [{}, {"guardian": text}]}), inspector.missing


@pytest.mark.parametrize(
    ("name", "printed", "char", "code_points"),
    [
        ("\U00020bb7田", "〓田", "\U00020bb7", "U+20BB7"),
        ("外字\ue000", "外字〓", "\ue000", "U+E000"),
        ("渡邉\U000e010f", "渡〓", "邉\U000e010f", "U+9089 U+E010F"),
        ("山\ufe01田", "〓田", "山\ufe01", "U+5C71 U+FE01"),
    ],
)
def test_what_the_font_lacks_is_a_geta_and_listed(name: str, printed: str, char: str, code_points: str) -> None:
    data, missing = inspected(name)
    assert data == {"documents": [{}, {"guardian": printed}]}
    assert missing == [MissingGlyph(char, code_points, "2通目 保護者氏名")]


@pytest.mark.parametrize("name", ["見本　花子", "髙橋", "山\ufa11", "辻\U000e0100", "A-1\n改行", "\ufa19田"])
def test_what_the_font_has_stays_as_it_is(name: str) -> None:
    data, missing = inspected(name)
    assert data == {"documents": [{}, {"guardian": name}]}
    assert missing == []


def notice_for(guardian: str) -> RenderedPdf:
    data = samples.notices(1)
    data["documents"][0]["guardian"] = guardian
    return render_pdf("determination_notice", data)


def embedded_outlines(rendered: RenderedPdf) -> list[bytes]:
    """The font programs inside a PDF: equal when the same shapes are drawn, whatever the text behind them says."""
    page: Any = pypdf.PdfReader(io.BytesIO(rendered.pdf)).pages[0]
    objects = [entry.get_object() for entry in page["/Resources"]["/Font"].values()]
    descriptors = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in objects]
    return [
        descriptor[key].get_data() for descriptor in descriptors for key in descriptor if key.startswith("/FontFile")
    ]


def test_a_geta_really_reaches_the_page() -> None:
    rendered = notice_for("\U00020bb7田　子")
    assert "〓田" in pypdf.PdfReader(io.BytesIO(rendered.pdf)).pages[0].extract_text()
    assert [glyph.codepoint for glyph in rendered.missing_glyphs] == ["U+20BB7"]


def test_two_variations_of_one_character_are_drawn_differently() -> None:
    one, other = notice_for("葛\U000e0100"), notice_for("葛\U000e0101")
    assert one.missing_glyphs == other.missing_glyphs == []
    assert embedded_outlines(one) != embedded_outlines(other)
    assert embedded_outlines(one) == embedded_outlines(notice_for("葛\U000e0100"))


def test_figures_become_text_and_floats_are_refused() -> None:
    inspector = Inspector([GOTHIC])
    assert inspector.printable([1_234_567, -500, 0, None, True]) == ["1,234,567", "△500", "0", None, True]
    with pytest.raises(TypeError, match="1通目 収入"):
        inspector.printable({"documents": [{"収入": 1.5}]})


def test_selectors_stay_with_their_base() -> None:
    assert list(units("辻\U000e0100山")) == ["辻\U000e0100", "山"]
    assert list(units("\U000e0100")) == ["\U000e0100"]


def test_the_fixed_words_of_every_form_are_in_the_font() -> None:
    words = "".join(re.sub(r"//.*", "", path.read_text(encoding="utf-8")) for path in TEMPLATES.glob("*.typ"))
    lacking = {character for character in words if ord(character) not in GOTHIC.characters and not character.isspace()}
    assert lacking == set()
