"""Habits of the whole code that no single test of a room would notice: expressions, downloads, scripts, other machines."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
ROOMS = ("platform", "tenants", "domain", "integrations", "audit")
NETWORK = {
    "socket",
    "ssl",
    "http",
    "httpx",
    "urllib3",
    "asyncssh",
    "requests",
    "smtplib",
    "ftplib",
    "telnetlib",
    "xmlrpc",
}
SPEAKS = {
    "audit/trail/syslog.py": "hosts of SHOREI_TRAIL_RECEIVER_HOSTS",
    "audit/review/keeping/forms.py": "reads a certificate, calls nobody",
    "integrations/atena_adapters/transports/http.py": "hosts of SHOREI_ATENA_HOSTS",
    "integrations/atena_adapters/transports/sftp.py": "hosts of SHOREI_ATENA_HOSTS",
    "integrations/atena_adapters/transports/sftp_files.py": "hosts of SHOREI_ATENA_HOSTS",
    "platform/accounts/scanning.py": "SHOREI_SCANNER",
    "platform/config/env.py": "reads a certificate, calls nobody",
    "platform/config/settings/production.py": "names a constant",
    "tenants/console/site_check.py": "what the operator types at the command line",
}
"""Modules that may open connections of their own, and what lists the places they reach (ASVS 13.2.4, 13.2.5)."""


@cache
def modules() -> list[tuple[str, ast.Module]]:
    paths = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)
    return [(str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def test_only_known_modules_speak_to_other_machines() -> None:
    found = {
        name
        for name, tree in modules()
        if "simulator" not in name and any(one.partition(".")[0] in NETWORK for one in imported(tree))
    }
    assert found == set(SPEAKS), "whatever calls others keeps to a list that the operator writes"


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            if node.module == "urllib":
                yield from (f"urllib3.{name.name}" for name in node.names if name.name == "request")
            if node.module == "urllib.request":
                yield "urllib3"


def test_names_of_downloads_are_encoded_by_one_function() -> None:
    """No header is written by hand: `content_disposition_header` quotes and encodes (RFC 6266; ASVS 5.4.2)."""
    by_hand = []
    for name, _ in modules():
        text = (ROOT / name).read_text(encoding="utf-8")
        if "Content-Disposition" in text and "simulator" not in name and "transports" not in name:
            by_hand += [name] if "content_disposition_header(" not in text or "filename=" in text else []
        assert "FileResponse" not in text
    assert not by_hand


def test_no_workbook_takes_text_for_a_formula() -> None:
    """Every workbook that is written says so itself (ASVS 1.2.10)."""
    writing = [name for name, _ in modules() if "xlsxwriter.Workbook(" in (ROOT / name).read_text(encoding="utf-8")]
    assert len(writing) >= 4
    for name in writing:
        assert '"strings_to_formulas": False' in (ROOT / name).read_text(encoding="utf-8"), name


# --- expressions that take for ever (ASVS 1.3.12) -----------------------------------------------------------------------


def expressions() -> Iterator[tuple[str, str]]:
    """Every pattern that is written in a call of `re`; one of bytes as the characters of the same numbers."""
    for name, tree in modules():
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            of_re = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "re"
            if of_re and node.args and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
                value = node.args[0].value  # type: ignore[attr-defined]
                yield name, value.decode("latin-1") if isinstance(value, bytes) else str(value)


def runs_away(pattern: str) -> bool:
    """Whether something repeated without end holds something repeated without end whose rest may be empty."""
    return any(_endless_inside(one) for one in _endless(parser.parse(pattern)))


def _endless(parsed: Any) -> Iterator[Any]:
    """What is repeated without end, at any depth. A possessive repeat gives nothing back and so never runs away."""
    for kind, content in parsed:
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT):
            if content[1] == kinds.MAXREPEAT:
                yield content[2]
            yield from _endless(content[2])
        elif kind is kinds.SUBPATTERN:
            yield from _endless(content[-1])
        elif kind is kinds.BRANCH:
            for branch in content[1]:
                yield from _endless(branch)
        elif kind in (kinds.ASSERT, kinds.ASSERT_NOT):
            yield from _endless(content[1])


def _endless_inside(parsed: Any) -> bool:
    """An inner repeat beside which nothing must stand: (a+)*, (a*b?)*. One closed by a sign of its own, (a+,)*, ends."""
    inner = list(_endless(parsed))
    return bool(inner) and not _closed(parsed)


def _closed(parsed: Any) -> bool:
    """Whether a literal or a set stands beside the inner repeats, and they cannot match its signs."""
    items = _flat(parsed)
    repeats = [content[2] for kind, content in items if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT)]
    signs = [chr(content) for kind, content in items if kind is kinds.LITERAL]
    return any(all(not _can_match(repeat, sign) for repeat in repeats) for sign in signs)


def _flat(parsed: Any) -> list[Any]:
    found: list[Any] = []
    for kind, content in parsed:
        found += _flat(content[-1]) if kind is kinds.SUBPATTERN else [(kind, content)]
    return found


def _can_match(parsed: Any, sign: str) -> bool:
    for kind, content in _flat(parsed):
        if kind is kinds.LITERAL and chr(content) == sign:
            return True
        if kind is kinds.NOT_LITERAL and chr(content) != sign:
            return True
        if kind is kinds.ANY or (kind is kinds.IN and _in_set(content, sign)):
            return True
    return False


def _in_set(members: Any, sign: str) -> bool:
    negated = any(kind is kinds.NEGATE for kind, _ in members)
    hit = any(
        (kind is kinds.LITERAL and chr(content) == sign)
        or (kind is kinds.RANGE and content[0] <= ord(sign) <= content[1])
        or (kind is kinds.CATEGORY and _of_category(content, sign))
        for kind, content in members
    )
    return hit != negated


def _of_category(category: Any, sign: str) -> bool:
    of_word = {kinds.CATEGORY_DIGIT: sign.isdigit(), kinds.CATEGORY_SPACE: sign.isspace()}
    return bool(of_word.get(category, sign.isalnum() or sign == "_"))


def test_no_expression_runs_away() -> None:
    found = list(expressions())
    assert len(found) > 100
    assert not [(name, pattern) for name, pattern in found if runs_away(pattern)]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"(a+)+b", True), (r"(?:a|b*)*", True), (r"([a-z]+\d*)*$", True), (r"(\w+\s?)*", True), (r"(?:x(?:y+)?)*z", False),
        (r"[a-z]+\d*", False), (r"(?:[0-9]+,)*[0-9]+", False), (r"(a{1,3})+", False), (r"(?:/[^/]+)*", False),
    ],
)  # fmt: skip
def test_the_judge_knows_the_well_known_ones(pattern: str, expected: bool) -> None:
    assert runs_away(pattern) is expected


# --- digests (ASVS 11.4.1) and places of logs (ASVS 16.2.3) ---------------------------------------------------------------

OLD_DIGESTS = {"md5", "sha1", "MD5", "SHA1"}
OLD_USES = {
    "platform/accounts/passwords.py": "the list of breached passwords is published as SHA-1",
    "platform/accounts/seed_files.py": "the name of what TOTP tokens calculate with (HMAC-SHA-1, RFC 6238)",
    "platform/accounts/views/enrolment.py": "the same name in the address that authenticator apps read",
}
LOGS_ELSEWHERE = {
    "addHandler",
    "basicConfig",
    "FileHandler",
    "RotatingFileHandler",
    "SysLogHandler",
    "HTTPHandler",
    "dictConfig",
}


def named_in(tree: ast.Module) -> set[str]:
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return attributes | names | (texts & OLD_DIGESTS)


def test_no_digest_that_is_broken_protects_anything() -> None:
    found = {name for name, tree in modules() if "simulator" not in name and named_in(tree) & OLD_DIGESTS}
    assert found == set(OLD_USES)


def test_logs_go_to_the_one_place_that_the_settings_name() -> None:
    """Standard error, which the service manager keeps; the trail has its own way and its own list of receivers."""
    from django.conf import settings

    handlers: Any = settings.LOGGING["handlers"]
    assert {one["class"] for one in handlers.values()} == {"logging.StreamHandler"}
    assert [name for name, tree in modules() if "simulator" not in name and named_in(tree) & LOGS_ELSEWHERE] == []


# --- scripts (ASVS 14.3.3) ----------------------------------------------------------------------------------------------

KEEPING = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.|serviceWorker|window\.name\b")
KEPT = {
    'rows.js:try { localStorage.setItem(DENSITY, dense ? "dense" : "wide"); } catch (refused) { /* private window: only this page */ }',
    'rows.js:try { dense = localStorage.getItem(DENSITY) === "dense"; } catch (refused) { dense = false; }',
}
"""How close together rows stand, and nothing else."""


def test_scripts_keep_nothing_of_people_in_the_browser() -> None:
    scripts = [path for room in ROOMS for path in (ROOT / room).glob("**/static/**/*.js") if "vendor" not in path.parts]
    assert len(scripts) >= 6
    lines = {
        f"{path.name}:{line.strip()}"
        for path in scripts
        for line in path.read_text().splitlines()
        if KEEPING.search(line)
    }
    assert lines == KEPT
    skeleton = (ROOT / "platform/web/templates/web/skeleton.html").read_text(encoding="utf-8")
    assert '"historyCacheSize":0' in skeleton, "htmx would keep copies of whole pages"
