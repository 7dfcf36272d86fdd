"""What `make security` found, as a table: at the end of the run, and with `--record` in docs/security-scans.md."""

from __future__ import annotations

import datetime
import subprocess
import sys
from dataclasses import dataclass

from ops.security.findings import ROOT, Finding
from ops.security.tools import TOOLS

PAGE = ROOT / "docs" / "security-scans.md"
BEGIN = "<!-- last run: made by `make security ARGS=--record`, do not edit -->"
END = "<!-- end of last run -->"
ADVISORIES_BEGIN = "<!-- last set of advisories: made by `make advisories ARGS=--record`, do not edit -->"
ADVISORIES_END = "<!-- end of last set -->"
HEAD = ("check", "version", "high", "medium", "excepted", "low", "seconds", "seen")


@dataclass(frozen=True, slots=True)
class Ran:
    """One check: what is left by severity, how many of medium or more are excepted with a reason, how long, over what."""

    name: str
    left: dict[str, int]
    excepted: int
    seconds: float
    seen: str = ""

    @property
    def is_asked(self) -> bool:
        return bool(self.left)

    def cells(self) -> tuple[str, ...]:
        if not self.is_asked:
            return (self.name, "–", "–", "–", "–", "–", "–", self.seen)
        counts = (self.left["high"], self.left["medium"], self.excepted, self.left["low"])
        return (self.name, version_of(self.name), *map(str, counts), f"{self.seconds:.0f}", self.seen)


def not_asked(name: str, why: str) -> Ran:
    """A check that looked at nothing: it has no counts, because a zero would read as clean."""
    return Ran(name, {}, 0, 0.0, why)


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
        f"{day.isoformat()}, commit {commit}, Python {sys.version.split()[0]}:", "",
        f"| {' | '.join(HEAD)} |", f"|{'---|' * 2}{'--:|' * 5}---|",
        *(f"| {' | '.join(one.cells())} |" for one in ran), "", END,
    ]  # fmt: skip
    return "\n".join(lines)


def inserted_into(page: str, table: str, begin: str = BEGIN, end: str = END) -> str:
    """The page with its table replaced. Raises ValueError when a mark is missing."""
    first, after = page.index(begin), page.index(end) + len(end)
    return page[:first] + table + page[after:]


def record(ran: list[Ran]) -> None:
    """Write the table of this run into the page."""
    table = as_markdown(ran, _today(), _commit())
    PAGE.write_text(inserted_into(PAGE.read_text(encoding="utf-8"), table), encoding="utf-8")


def advisories_as_markdown(found: list[Finding], seen: str, day: datetime.date, commit: str) -> str:
    """Which set was asked, and all that it said, low ones too."""
    told = [f"- {one.rule} ({one.severity}): {one.text}" for one in found]
    if not any(one.line for one in found):  # a finding about the set itself has no line of the lock
        told.append("- No locked version is affected.")
    first = f"{day.isoformat()}, commit {commit}: {seen}."
    return "\n".join([ADVISORIES_BEGIN, "", first, "", *told, "", ADVISORIES_END])


def record_advisories(found: list[Finding], seen: str) -> None:
    """Write what the carried set said into the page."""
    told = advisories_as_markdown(found, seen, _today(), _commit())
    page = inserted_into(PAGE.read_text(encoding="utf-8"), told, ADVISORIES_BEGIN, ADVISORIES_END)
    PAGE.write_text(page, encoding="utf-8")


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _commit() -> str:
    asked = ["git", "rev-parse", "--short=10", "HEAD"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
