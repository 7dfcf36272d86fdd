"""`make security`: everything, with a table at the end; the exit code says whether anything of medium severity or more is left."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ops.security import code, crawl, report
from ops.security.advisories import check as advisories
from ops.security.findings import FAILING, Allowed, Finding, exceptions, judged
from ops.security.report import Ran

Check = Callable[[], list[Finding]]
RECORD = "--record"


@dataclass(slots=True)
class Run:
    """What ran so far, and what stays of it."""

    allowed: list[Allowed] = field(default_factory=exceptions)
    found: list[Finding] = field(default_factory=list)
    ran: list[Ran] = field(default_factory=list)

    def do(self, name: str, check: Check, seen: Callable[[], str] = str) -> None:
        began = time.monotonic()
        found = check()
        seconds = time.monotonic() - began
        _, excepted, _ = judged(found, self.allowed)
        kept = Counter(one.severity for one in found if one not in excepted)
        left = {level: kept[level] for level in ("high", "medium", "low")}
        self.found += found
        self.ran.append(Ran(name, left, len(excepted), seconds, seen()))
        sys.stdout.write(f"{name}: done in {seconds:.0f} s\n")
        sys.stdout.flush()


def main(wanted: list[str]) -> int:
    """`wanted`: names of checks; all without one. `--record` writes what a run found into the page."""
    names = [name for name in wanted if name != RECORD]
    run = Run()
    checks: dict[str, Check] = {
        "bandit": code.bandit,
        "semgrep": code.semgrep,
        "detect-secrets": code.detect_secrets,
        "check --deploy": code.deployment_checks,
    }
    for name, check in checks.items():
        if not names or name.split()[0] in names:
            run.do(name, check)
    if not names or advisories.TOOL in names:
        _advisories(run, is_recorded=RECORD in wanted)
    if not names or "crawl" in names:
        _crawl(run)
    if RECORD in wanted and not names:
        report.record(run.ran)
    return _told(run)


def _advisories(run: Run, *, is_recorded: bool) -> None:
    """Nothing carried in is told as what it is, never as clean."""
    place = advisories.set_named()
    if place is None:
        run.ran.append(report.not_asked(advisories.TOOL, "not asked: ADVISORIES names no set"))
        return
    seen: list[str] = []

    def check() -> list[Finding]:
        found, told = advisories.checked(place)
        seen.append(told)
        if is_recorded:
            report.record_advisories(found, told)
        return found

    run.do(advisories.TOOL, check, lambda: seen[0])


def _crawl(run: Run) -> None:
    pages: dict[str, int] = {}
    with crawl.running() as targets:
        run.do("headers", lambda: crawl.headers(targets), lambda: f"{len(targets)} prefectures")
        run.do("wapiti", lambda: crawl.wapiti(targets, pages), lambda: ", ".join(f"{n} pages" for n in pages.values()))


def _told(run: Run) -> int:
    names = {one.name for one in run.ran if one.is_asked}
    failing, excepted, unused = judged(run.found, [entry for entry in run.allowed if entry.tool in names])
    for finding in failing:
        sys.stdout.write(f"FAILS  {finding}\n")
    for entry in unused:
        sys.stdout.write(f"UNUSED exception {entry.tool} {entry.rule} {entry.path}\n")
    sys.stdout.write(f"\n{report.as_text(run.ran)}\n\n")
    levels = " or ".join(FAILING)
    sys.stdout.write(f"{len(names)} checks: {len(failing)} {levels} left, {len(excepted)} excepted with a reason\n")
    # What was asked for by its name alone, and could not be asked, has not passed.
    return 1 if failing or unused or not names else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
