"""Scanners that read the code: bandit, semgrep with our own rules, detect-secrets, and Django's deployment checks."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ops.security.findings import ROOT, Finding
from ops.security.tools import output_of, program

ROOMS = ("platform", "tenants", "domain", "integrations", "audit", "ops", "manage.py")
RULES = Path(__file__).with_name("rules")
SAMPLES = Path(__file__).with_name("samples")
_SEMGREP = ("--metrics", "off", "--disable-version-check", "--json", "-q", "-j", "1", "--no-git-ignore")
_EXPECTED = re.compile(r"# (ruleid|ok): (\S+)")


class RulesBroken(Exception):
    """`security.rules-broken`: a rule does not find its bad sample, or finds its good one."""

    identifier = "security.rules-broken"


def bandit() -> list[Finding]:
    command = [
        str(program("tools", "bandit")),
        "-q",
        "-r",
        "-f",
        "json",
        "-x",
        "./ops/security/samples,ops/security/samples",
        *ROOMS,
    ]
    told = json.loads(output_of(command))
    return [
        Finding("bandit", one["test_id"], one["issue_severity"].lower(), one["filename"].removeprefix("./"),
                one["line_number"], one["issue_text"])
        for one in told["results"]
    ]  # fmt: skip


def semgrep() -> list[Finding]:
    """Our own rules, after they have proved themselves on the samples. Raises RulesBroken."""
    prove_rules()
    return list(_semgrep([*ROOMS, "--exclude", "ops/security/samples"], ROOT))


def prove_rules() -> None:
    """Every rule finds the lines after `ruleid:` and none after `ok:`. Raises RulesBroken."""
    expected, innocent = _told_by_samples()
    with tempfile.TemporaryDirectory() as folder:
        # Out of the checkout: the rules say which rooms they are for, and the samples stand for those rooms.
        shutil.copytree(SAMPLES, folder, dirs_exist_ok=True)
        found = {(one.rule, one.line) for one in _semgrep(["."], Path(folder))}
    wrong = sorted(expected - found), sorted(found - expected), sorted(found & innocent)
    if any(wrong):
        raise RulesBroken(f"not found, found by mistake, found though good: {wrong}")
    unproved = _python_rules() - {rule for rule, _ in expected}
    if unproved:
        raise RulesBroken(f"rules without a bad sample: {sorted(unproved)}")


def _told_by_samples() -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    """(rule, line) that must be found, and that must not."""
    expected: set[tuple[str, int]] = set()
    innocent: set[tuple[str, int]] = set()
    for sample in sorted(SAMPLES.rglob("*.py")):
        for number, line in enumerate(sample.read_text(encoding="utf-8").splitlines(), start=1):
            for kind, rule in _EXPECTED.findall(line):
                (expected if kind == "ruleid" else innocent).add((rule, number + 1))
    return expected, innocent


def _python_rules() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in RULES.glob("*.yaml"))
    return set(re.findall(r"- id: (\S+)\n    languages: \[python\]", text))


def _semgrep(arguments: list[str], folder: Path) -> Iterator[Finding]:
    command = [str(program("tools", "semgrep")), "scan", *_SEMGREP, "--config", str(RULES), *arguments]
    told = json.loads(output_of(command, cwd=folder))
    for error in told["errors"]:
        raise RulesBroken(str(error.get("message", error))[:500])
    for one in told["results"]:
        rule = one["check_id"].rpartition(".")[2]
        yield Finding("semgrep", rule, "high", one["path"], one["start"]["line"], one["extra"]["message"])


def detect_secrets() -> list[Finding]:
    """The product and its documents; not the suite, full of samples that look like secrets, nor what quotes excepted lines."""
    tool = str(program("tools", "detect-secrets"))
    command = [
        tool,
        "scan",
        "--exclude-files",
        "^ops/security/exceptions.toml$",
        *ROOMS,
        "docs",
        "README.md",
        "Makefile",
    ]
    told = json.loads(output_of(command))["results"]
    return [
        Finding("detect-secrets", one["type"], "medium", path, one["line_number"], "looks like a secret")
        for path, found in told.items()
        for one in found
    ]


def deployment_checks() -> list[Finding]:
    """`check --deploy` under the production settings: a warning counts as high."""
    command = [sys.executable, "-m", "tests.support.management_checks"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    return [Finding("check --deploy", "warning", "high", "manage.py", 0, done.stderr[-800:])]
