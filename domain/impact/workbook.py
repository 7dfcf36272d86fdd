"""A run as an Excel workbook: 概要, 区分の移動, 学校別, 経費項目別, 世帯, 児童生徒別支給."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import xlsxwriter

from domain.impact import presenting, queries
from domain.impact.models import ImpactRun
from domain.rules.impact import Direction, Place
from domain.yearpacks.titles import pack_title
from tenants.core.context import require_prefecture
from web.dates import fiscal_year_label
from web.formatting import format_moment

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAMPLE = "サンプル（架空の値）"
COLUMN_WIDTH = 18


def workbook_of(run: ImpactRun) -> bytes:
    """The bytes of the workbook. Names of pupils stand in it as on the page; numbers of persons do not."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    yen = book.add_format({"num_format": "#,##0;[Red]-#,##0"})

    def sheet(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        page = book.add_worksheet(name)
        page.set_column(0, len(heads) - 1, COLUMN_WIDTH)
        page.freeze_panes(1, 0)
        page.write_row(0, 0, heads, bold)
        for number, row in enumerate(rows, start=1):
            page.write_row(number, 0, row, yen)

    sheet("概要", ("項目", "内容"), _overview(run))
    summary = run.summary
    if summary:
        if run.mode == ImpactRun.Mode.CATEGORIES:
            sheet("区分の移動", ("今の区分", "試算の区分", "世帯"), _moves(summary["total"]["moves"]))
        sheet("学校別", ("学校コード", "学校", "世帯・計算書", "手厚くなる", "薄くなる", "算定の可否が変わる",
                         "支給額が変わる児童生徒", "今の支給額（円）", "試算の支給額（円）", "差（円）"), _schools(run))  # fmt: skip
        lines = presenting.cost_lines(run, summary["total"])
        heads = ("経費項目", "会計区分", "今（円）", "試算（円）", "差（円）")
        sheet("経費項目別", heads, ((e.item, e.ledger, e.before, e.after, e.difference) for e in lines))
    if run.mode == ImpactRun.Mode.CATEGORIES:
        sheet("世帯", ("世帯番号", "学校", "今の区分", "試算の区分", "方向", "今の収入額（円・年額）", "試算の収入額（円・年額）",
                       "今の需要額（円・年額）", "試算の需要額（円・年額）", "今の支給額（円）", "試算の支給額（円）", "理由"),
              _movers(run))  # fmt: skip
    sheet("児童生徒別支給", ("年度", "支給回", "学籍番号", "児童生徒", "学校", "経費項目", "会計区分", "今（円）", "試算（円）",
                             "差（円）", "追給・戻入済み（円）"), _payments(run))  # fmt: skip
    book.close()
    return held.getvalue()


def _overview(run: ImpactRun) -> Iterable[Sequence[Any]]:
    if require_prefecture().sample:
        yield "注意", SAMPLE
    yield "名称", run.title
    yield "種類", run.get_mode_display()
    yield "実行した人", run.asked_by
    yield "終了日時", format_moment(run.finished_at) if run.finished_at else ""
    yield "性格", "試算です。決定・支給は変わっていません。"
    for plan in run.plans:
        for side, word in (("before", "今"), ("after", "試算")):
            pack = plan.get(side)
            if pack:
                named = pack.get("title") or "＋".join(map(pack_title, [pack["name"], *pack["overlays"]]))
                yield f"{fiscal_year_label(plan['year'])} {word}の年度定義", f"{named} {pack.get('digest', '')}"
    for problem in run.problems:
        yield "計算できなかったもの", problem


def _moves(moves: list[dict[str, Any]]) -> Iterable[Sequence[Any]]:
    for each in moves:
        yield Place(each["before"]).label, Place(each["after"]).label, each["households"]


def _schools(run: ImpactRun) -> Iterable[Sequence[Any]]:
    for each in presenting.school_lines(run):
        yield (
            each.code, each.name, each.households, each.more, each.less, each.open, each.payments, each.before,
            each.after, each.difference,
        )  # fmt: skip


def _movers(run: ImpactRun) -> Iterable[Sequence[Any]]:
    names = presenting.school_names()
    for each in queries.movers_of(run):
        yield (
            each.statement.household.number,
            names.get(each.school_code, each.school_code),
            Place(each.before).label,
            Place(each.after).label,
            Direction(each.direction).label,
            each.income_before,
            each.income_after,
            _whole(each.need_before),
            _whole(each.need_after),
            each.paid_before,
            each.paid_after,
            each.reason,
        )


def _payments(run: ImpactRun) -> Iterable[Sequence[Any]]:
    names, ledgers = presenting.school_names(), presenting.ledger_titles(run)
    titles = presenting.item_titles(run)
    for each in queries.payments_of(run):
        yield (
            each.fiscal_year,
            each.round.title if each.round else "",
            each.pupil.student_number,
            each.pupil.name,
            names.get(each.school_code, each.school_code),
            titles(each.fiscal_year, each.item),
            ledgers.get(each.ledger, each.ledger),
            each.before,
            each.after,
            each.after - each.before,
            each.adjusted,
        )


def _whole(need: str) -> int | str:
    """年額 as a number where it is whole, the exact fraction as text otherwise."""
    if not need:
        return ""
    exact = Fraction(need)
    return exact.numerator if exact.denominator == 1 else need
