"""Forms as PDF: data in, pages out; characters the fonts lack are printed as 〓 and listed."""

from typesetting.engine import RenderedPdf, TypesettingError, render_pdf
from typesetting.glyphs import MissingGlyph

__all__ = ["MissingGlyph", "RenderedPdf", "TypesettingError", "render_pdf"]
