"""Forms as PDF: data in, pages out; characters the fonts lack are printed as 〓 and listed."""

from domain.reports.typesetting.engine import RenderedPdf, TypesettingError, render_pdf
from domain.reports.typesetting.glyphs import MissingGlyph

__all__ = ["MissingGlyph", "RenderedPdf", "TypesettingError", "render_pdf"]
