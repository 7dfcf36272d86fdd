"""What `make security` found, as a table: at the end of the run, and with `--record` in docs/security-scans.md."""

from __future__ import annotations

import datetime
import subprocess
import sys
from dataclasses import dataclass

from ops.security.findings import ROOT
from ops.security.tools import TOOLS

PAGE = ROOT / "docs" / "security-scans.md"
BEGIN = "<!-- last run: made by `make security ARGS=--record`, do not edit -->"
END = "<!-- end of last run -->"
HEAD = ("check", "version", "high", "medium", "excepted", "low", "seconds", "seen")


@dataclass(frozen=True, slots=True)
class Ran:
    """One check: what is left by severity, how many of medium or more are excepted with a reason, how long, over what."""

    name: str
    left: dict[str, int]
    excepted: int
    seconds: float
    seen: str = ""

    def cells(self) -> tuple[str, ...]:
        counts = (self.left["high"], self.left["medium"], self.excepted, self.left["low"])
        return (self.name, version_of(self.name), *map(str, counts), f"{self.seconds:.0f}", self.seen)


def version_of(check: str) -> str:
    """As it is pinned; Django's own for its checks, nothing for what is ours alone."""
    pinned = {name: version for tools in TOOLS.values() for name, _, version in (one.partition("==") for one in tools)}
    if check == "check --deploy":
        import django

        return django.get_version()
    return pinned.get({"wapiti": "wapiti3"}.get(check, check), "–")


def as_text(ran: list[Ran]) -> str:
    """Columns for a terminal."""
    rows = [HEAD, *(one.cells() for one in ran)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def as_markdown(ran: list[Ran], day: datetime.date, commit: str) -> str:
    """The same for the page, with day, commit and Python."""
    lines = [
        BEGIN, "",
        f"{day.isoformat()}, commit {commit}, Python {sys.version.split()[0]}, from an empty folder:", "",
        f"| {' | '.join(HEAD)} |", f"|{'---|' * 2}{'--:|' * 5}---|",
        *(f"| {' | '.join(one.cells())} |" for one in ran), "", END,
    ]  # fmt: skip
    return "\n".join(lines)


def inserted_into(page: str, table: str) -> str:
    """The page with its table replaced. Raises ValueError when a mark is missing."""
    start, end = page.index(BEGIN), page.index(END) + len(END)
    return page[:start] + table + page[end:]


def record(ran: list[Ran]) -> None:
    """Write the table of this run into the page."""
    asked = ["git", "rev-parse", "--short=10", "HEAD"]
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    table = as_markdown(ran, datetime.datetime.now(datetime.UTC).date(), commit)
    PAGE.write_text(inserted_into(PAGE.read_text(encoding="utf-8"), table), encoding="utf-8")
