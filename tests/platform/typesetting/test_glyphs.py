"""No silent box: what the fonts lack is printed as 〓 and listed with its place."""

import io
import re
from pathlib import Path
from typing import Any

import pypdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from tests.platform.typesetting import samples
from typesetting import RenderedPdf, TypesettingError, fonts, render_pdf
from typesetting.engine import TEMPLATES
from typesetting.glyphs import Inspector, MissingGlyph, units

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


def notice_for(guardian: str, chosen: tuple[Path, ...] = ()) -> RenderedPdf:
    data = samples.notices(1)
    data["documents"][0]["guardian"] = guardian
    return render_pdf("determination_notice", data, fonts=chosen or (fonts.gothic(),))


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


def save_rare(path: Path, **names: str) -> Path:
    """A tiny font of our own with two rare shapes: U+20BB7, and U+9089 with selector E010F."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for point in ((900, 0), (900, 800), (100, 800)):
        pen.lineTo(point)
    pen.closePath()
    builder = FontBuilder(1000)
    shapes = [".notdef", "yoshi", "be", "be.var"]
    builder.setupGlyphOrder(shapes)
    builder.setupCharacterMap({0x20BB7: "yoshi", 0x9089: "be"}, uvs=[(0x9089, 0xE010F, "be.var")])
    builder.setupGlyf(dict.fromkeys(shapes, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(shapes, (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Rare Shapes", "styleName": "Regular", **names})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


def test_a_second_font_draws_what_the_first_lacks(tmp_path: Path) -> None:
    both = (fonts.gothic(), save_rare(tmp_path / "rare.ttf", psName="RareShapes"))
    variation = notice_for("渡邉\U000e010f", both)
    assert variation.missing_glyphs == []
    assert len(embedded_outlines(variation)) == len(embedded_outlines(notice_for("渡邉", both))) + 1
    assert notice_for("\U00020bb7田", both).missing_glyphs == []
    assert [glyph.codepoint for glyph in notice_for("\ue000", both).missing_glyphs] == ["U+E000"]


def test_a_font_that_cannot_be_loaded_is_an_error_and_not_a_box(tmp_path: Path) -> None:
    nameless = save_rare(tmp_path / "nameless.ttf")
    with pytest.raises(TypesettingError, match="Rare Shapes"):
        notice_for("見本", (fonts.gothic(), nameless))


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
