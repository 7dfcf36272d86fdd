"""What a scanner found, and the exceptions we make: each named, narrow, with its reason (`exceptions.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXCEPTIONS = Path(__file__).with_name("exceptions.toml")
FAILING = ("medium", "high")


@dataclass(frozen=True, slots=True)
class Finding:
    """`severity`: low, medium or high. `path` is relative to the checkout, or a URL; `line` 0 where there is none."""

    tool: str
    rule: str
    severity: str
    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.tool} {self.rule} ({self.severity}) {self.path}:{self.line} {self.text}"


@dataclass(frozen=True, slots=True)
class Allowed:
    """One exception: this rule, in this file, on a line that contains this text."""

    tool: str
    rule: str
    path: str
    line: str
    why: str

    def covers(self, finding: Finding) -> bool:
        same = (self.tool, self.rule, self.path) == (finding.tool, finding.rule, finding.path)
        return same and self.line in _line_of(finding)


def exceptions(file: Path = EXCEPTIONS) -> list[Allowed]:
    """Raises TypeError for an entry that lacks something: an exception without a reason is none."""
    told = tomllib.loads(file.read_text(encoding="utf-8"))["exception"]
    allowed = [Allowed(**entry) for entry in told]
    if not all(entry.why.strip() and entry.line.strip() for entry in allowed):
        raise TypeError("an exception without a line or without a reason")
    return allowed


def judged(
    findings: Iterable[Finding], allowed: Iterable[Allowed]
) -> tuple[list[Finding], list[Finding], list[Allowed]]:
    """(what fails, what is excepted, exceptions of the tools that ran which nothing needs any more)."""
    allowed = list(allowed)
    serious = [finding for finding in findings if finding.severity in FAILING]
    excepted = [finding for finding in serious if any(entry.covers(finding) for entry in allowed)]
    unused = [entry for entry in allowed if not any(entry.covers(finding) for finding in excepted)]
    return [finding for finding in serious if finding not in excepted], excepted, unused


def _line_of(finding: Finding) -> str:
    lines = (ROOT / finding.path).read_text(encoding="utf-8").splitlines()
    return lines[finding.line - 1] if 0 < finding.line <= len(lines) else ""
