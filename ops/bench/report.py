"""The table on the screen and docs/benchmarks.md, both from the measured values alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from ops.bench.measures import MORE_IS_BETTER, SECONDS, Measured, Section

HEAD = ("what", "min", "median", "max", "CPU", "goal", "")
INTRODUCTION = """\
# Benchmarks

Written by `make bench` and `make bench-season`; do not edit. Speed is claimed only here: as a ratio to a peer measured in the
same run, or as a figure of the machine below. Nothing in the test suite asserts it. A goal is held against the
median. CPU is the processor time of our process and of the database process that serves it (median), which says more than the
clock where other work is going on.
All data are fictitious.
"""


def show(sections: Sequence[Section], console: Console) -> None:
    """Print one table a section."""
    for section in sections:
        table = Table(*HEAD, title=section.title, title_justify="left")
        for column in table.columns[1:]:
            column.justify, column.no_wrap = "right", True
        for row in section.rows:
            table.add_row(*cells(row))
        console.print(table)
        for remark in section.remarks:
            console.print(f"  {remark}")


def markdown(sections: Sequence[Section], facts: Mapping[str, str]) -> str:
    """The page. `facts`: date and machine."""
    lines = [INTRODUCTION, *(f"- {name}: {value}" for name, value in facts.items()), ""]
    for section in sections:
        lines += _lines(section)
    return "\n".join(lines).rstrip() + "\n"


def merged(page: str, sections: Sequence[Section], facts: Mapping[str, str]) -> str:
    """The page with these sections in the place of those of the same subject, the others as they were.

    `facts` (date, load, …) are of this run and stand under each of its sections.
    """
    head, *parts = page.rstrip().split("\n## ")
    kept = {_subject(part): part.rstrip() for part in parts}
    said = "; ".join(f"{name}: {value}" for name, value in facts.items())
    for section in sections:
        added = replace(section, remarks=(*section.remarks, f"{said}."))
        kept[_subject(section.title)] = "\n".join(_lines(added)).removeprefix("## ").rstrip()
    return "\n\n## ".join([head.rstrip(), *kept.values()]) + "\n"


def with_kept(page: str, before: str) -> str:
    """A new page with the sections of the page before that it does not have (they were measured by another run)."""
    have = {_subject(part) for part in page.split("\n## ")[1:]}
    kept = [part.rstrip() for part in before.rstrip().split("\n## ")[1:] if _subject(part) not in have]
    return "\n\n## ".join([page.rstrip(), *kept]) + "\n"


def _subject(text: str) -> str:
    """A title without its figures: with another size it is the same section."""
    return re.sub(r"[\d,]+", "", text.partition("\n")[0]).strip()


def _lines(section: Section) -> list[str]:
    lines = [f"## {section.title}", "", _line(HEAD), "|---|---:|---:|---:|---:|---:|---|"]
    lines += [_line(cells(row)) for row in section.rows]
    return [*lines, "", *(f"{remark}\n" for remark in section.remarks)]


def cells(row: Measured) -> tuple[str, ...]:
    """Title, min, median, max, CPU, goal, verdict."""
    cpu = ""
    if row.cpu:
        ordered = sorted(row.cpu)
        cpu = number(ordered[len(ordered) // 2], SECONDS)
    sign = "≥" if row.unit in MORE_IS_BETTER else "≤"
    goal = "" if row.goal is None else f"{sign} {number(row.goal, row.unit)}"
    verdict = {True: "met", False: "**not met**", None: ""}[row.met]
    shown = (number(value, row.unit) for value in (min(row.runs), row.median, max(row.runs)))
    return (row.title + (f" ({row.note})" if row.note else ""), *shown, cpu, goal, verdict)


def number(value: float, unit: str) -> str:
    """Three significant digits, with the unit."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 3
    return f"{value:,.{digits}f} {unit}"


def _line(values: Sequence[str]) -> str:
    return "| " + " | ".join(values) + " |"
