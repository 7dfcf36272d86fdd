"""`make security`: everything, with figures; the exit code says whether anything of medium severity or more is left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from ops.security import code, crawl
from ops.security.findings import Finding, exceptions, judged

Check = Callable[[], list[Finding]]


def main(wanted: list[str]) -> int:
    """`wanted`: names of checks; all without one."""
    found: list[Finding] = []
    ran: set[str] = set()
    checks: dict[str, Check] = {
        "bandit": code.bandit,
        "semgrep": code.semgrep,
        "detect-secrets": code.detect_secrets,
        "check --deploy": code.deployment_checks,
    }
    for name, check in checks.items():
        if not wanted or name.split()[0] in wanted:
            found += _timed(name, check)
            ran.add(name)
    if not wanted or "crawl" in wanted:
        with crawl.running() as targets:
            found += _timed("headers", lambda: crawl.headers(targets))
            found += _timed("wapiti", lambda: crawl.wapiti(targets))
            ran |= {"headers", "wapiti"}
    allowed = [entry for entry in exceptions() if entry.tool in ran]
    failing, excepted, unused = judged(found, allowed)
    for finding in failing:
        sys.stdout.write(f"FAILS  {finding}\n")
    for entry in unused:
        sys.stdout.write(f"UNUSED exception {entry.tool} {entry.rule} {entry.path}\n")
    sys.stdout.write(
        f"{len(ran)} checks: {len(failing)} of medium severity or more, {len(excepted)} excepted with a reason\n"
    )
    return 1 if failing or unused else 0


def _timed(name: str, check: Check) -> list[Finding]:
    began = time.process_time(), time.monotonic()
    found = check()
    by = {level: sum(one.severity == level for one in found) for level in ("high", "medium", "low")}
    sys.stdout.write(f"{name:16} {by} in {time.monotonic() - began[1]:.0f} s\n")
    sys.stdout.flush()
    return found


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
