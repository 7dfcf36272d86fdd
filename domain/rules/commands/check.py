"""`check` and `packs` of the command line: what a pack covers, lacks and never reads; which packs there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from domain.rules.cases import Category
from domain.rules.payment_cases import Department
from domain.rules.yearpack.checking import CoverageCell, check
from domain.rules.yearpack.files import available_packs
from domain.rules.yearpack.loading import Loader, load_pack
from domain.rules.yearpack.model import Pack
from domain.rules.yearpack.surveying import survey


def check_text(name: str, overlays: Sequence[str], load: Loader = load_pack) -> str:
    """Report on a pack in Japanese.  A pack with faults does not load: PackError lists them all."""
    pack = load(name, overlays)
    report, more = check(pack), survey(pack)
    lines = [
        f"{'【サンプル】' if pack.sample else ''}{pack.title}({pack.fiscal_year}年度)",
        f"内容の識別値 {pack.digest}",
        *([f"読む表の版 {pack.as_of.on} 現在"] if pack.as_of else []),
        *_section("欠けている行", report.gaps),
        *_section("算入しない要素([[switches]] で入れられる)", more.off),
        *_section("読まれない行", more.unreachable),
        *_section("行の確からしさ", more.standings),
        "",
        "■ 経費項目 × 部 × 区分(あり / 未確認 / 一部欠 / 欠 / 対象外)",
        *_coverage_lines(pack, report.cells),
        "",
        "重複する行と出典のない行はありません(あれば読み込めません)。",
    ]
    return "\n".join(lines)


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return ["", f"■ {title}", *(f"- {line}" for line in lines or ("なし",))]


def _coverage_lines(pack: Pack, found: Iterable[CoverageCell]) -> Iterator[str]:
    cells = {(cell.item, cell.department, cell.category): cell for cell in found}
    for item in pack.items.values():
        yield f"{item.order:02d} {item.title} ({item.code})"
        for department in Department:
            states = [f"{category.label} {cells[item.code, department, category].state.label}" for category in Category]
            yield f"   {department.label}: {' / '.join(states)}"


def packs_text() -> str:
    """One line for each pack and overlay that ships."""
    return "\n".join(
        "\t".join([info.name, str(info.fiscal_year), f"{info.title}{_of(info.extends)}"]) for info in available_packs()
    )


def _of(bases: Sequence[str]) -> str:
    return f" ({'・'.join(bases)} への重ね定義)" if bases else ""
