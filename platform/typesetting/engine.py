"""From data to PDF by typst: many documents in one compilation, one page or more for each.

The data reach the template as JSON in an input value, never as markup, so that no text can become an instruction.
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

import typst

from typesetting import fonts as font_files
from typesetting.glyphs import Inspector, MissingGlyph

TEMPLATES = Path(__file__).parent / "templates"
FORMS = frozenset(
    {
        "adapter_report",
        "calculation",
        "determination_notice",
        "key_shredding",
        "disclosure",
        "exchange_records",
        "monthly_review",
        "payment_calculation",
        "payment_slip",
        "pupil_ledger",
        "statement",
    }
)
OFFICE_FORMS = frozenset({"adapter_report", "key_shredding", "monthly_review", "pupil_ledger", "statement"})
"""Kept in the office, so without the accessibility tags of what guardians receive (on a ledger tags are 90 % of the file)."""

# Before typst begins: more threads than one in each of several workers only wait for each other. With two jobs at once on two
# cores a notice took 2.6 ms of processor time with one thread and 3.3 with two, a ledger 4.6 and 5.3. Who prints alone may set more.
os.environ.setdefault("RAYON_NUM_THREADS", "1")

_MEMORY_WORTH_FREEING = 20  # pages
_COMPILATIONS_KEPT = 10  # typst forgets a result that this many later compilations did not use

_PAGE_COUNT = re.compile(rb"/Type\s?/Pages\s?/Count (\d+)")


class TypesettingError(RuntimeError):
    """The form could not be set. The text names the form only; the data may hold anything."""

    error_id: ClassVar[str] = "reports.typesetting"


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """A finished PDF, its number of pages, and the characters that were printed as 〓."""

    pdf: bytes
    pages: int
    missing_glyphs: list[MissingGlyph]


def render_pdf(template: str, data: Mapping[str, object], *, fonts: Sequence[Path] | None = None) -> RenderedPdf:
    """Set all documents of `data` (a TypedDict of `data.py` or `office_data.py`) with a form of `templates/`, in one PDF.

    Layout takes one to two megabytes a page until the print is done: give it a hundred documents at a time, no more.

    `fonts`: font files in order of preference; a later one draws what the earlier ones lack. Raises TypesettingError
    for an unknown form or data the form cannot use, TypeError for a float in the data.
    """
    if template not in FORMS:
        raise TypesettingError(f"帳票「{template}」はありません。")
    chosen = tuple(fonts or font_files.default_fonts())
    opened = [font_files.read(path) for path in chosen]
    _refuse_unloaded(opened, chosen)
    inspector = Inspector(opened)
    printable = inspector.printable(data)
    inputs = {
        "data": json.dumps(printable, ensure_ascii=False),
        "fonts": json.dumps([font.family for font in opened]),
        "variations": json.dumps(list(inspector.variations.items()), ensure_ascii=False),
    }
    pdf = _compile(TEMPLATES / f"{template}.typ", chosen, inputs, tagged=template not in OFFICE_FORMS)
    pages = _pages(pdf)
    if pages > _MEMORY_WORTH_FREEING:
        _forget(chosen)
    return RenderedPdf(pdf, pages, inspector.missing)


@cache
def _loaded(paths: tuple[Path, ...]) -> typst.Fonts:
    folders = sorted({str(path.parent) for path in paths})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def _refuse_unloaded(opened: Sequence[font_files.Font], paths: tuple[Path, ...]) -> None:
    """A font that we can read but typst cannot would print boxes in silence."""
    loaded = _loaded(paths).families()
    if lacking := [font.family for font in opened if font.family not in loaded]:
        raise TypesettingError(f"書体「{'」「'.join(lacking)}」を読み込めません。書体ファイルを確かめてください。")


def _compiler(source: Path, fonts: tuple[Path, ...]) -> typst.Compiler:
    return typst.Compiler(str(source), root=str(TEMPLATES), font_paths=_loaded(fonts), ignore_system_fonts=True)


def _compile(source: Path, fonts: tuple[Path, ...], inputs: dict[str, str], *, tagged: bool) -> bytes:
    compiler = _compiler(source, fonts)
    try:
        compiled = compiler.compile(format="pdf", sys_inputs=inputs, pdf_tags=tagged)
    except typst.TypstError as problem:
        raise TypesettingError(f"帳票「{source.stem}」を組めませんでした: {problem.message}") from None
    if not isinstance(compiled, bytes):
        raise TypesettingError(f"帳票「{source.stem}」の出力がありません。")
    return compiled


def _forget(fonts: tuple[Path, ...]) -> None:
    """Let typst drop the layout of a large print. It keeps results for ten compilations, so give it ten of nothing."""
    blank = _compiler(TEMPLATES / "blank.typ", fonts)  # one for all: each begins with work of its own
    for _ in range(_COMPILATIONS_KEPT + 1):
        blank.compile(format="pdf", pdf_tags=False)


def _pages(pdf: bytes) -> int:
    return max((int(count) for count in _PAGE_COUNT.findall(pdf)), default=0)
