"""Whoever takes a file away has just typed the one-time password: every view from which one leaves asks for it.

Found from the resolver and the source: a view that writes an event of an export or print, or answers with a file to be saved.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from inspect import unwrap
from types import FunctionType

from accounts.access import require_step_up
from tests.platform.accounts.test_every_url import all_urls
from tests.platform.accounts.test_second_half_step_up import _is_ours, _named, _source

HOLDS_NOTHING = {
    "households:schools_blank": "an empty form",
    "households:imports_blank": "an empty form",
    "payments:imports_blank": "an empty form",
    "staffing:blank": "an empty form",
    "trail:head": "digests and signatures, made to be handed to others",
    "trail:key": "the public key",
    "trail:verifier": "the program with which others check",
    "console:adapter_trial": "results of a link's test, without a secret or person",
}
"""Files that hold neither a person nor a secret, and why."""


def test_every_file_that_leaves_asks_for_a_fresh_one_time_password(in_a: object) -> None:
    open_ways, found = set(), set()
    for _, name, view in (param.values for param in all_urls()):
        for asked in _leaves(unwrap(view)):
            found.add(name)
            if not asked and name not in HOLDS_NOTHING:
                open_ways.add(f"{name}: call require_step_up(request) before the file is made")
    assert not open_ways, "\n".join(sorted(open_ways))
    assert set(HOLDS_NOTHING) <= found, "a page that is no more, or a walk that proves nothing"
    assert {"reports:download", "staffing:filled", "review:month_pdf", "trail:export", "linkage:disclosure"} <= found


def _leaves(view: FunctionType) -> Iterator[bool]:
    """For each way to where a file leaves: whether the one-time password was asked for on it."""
    seen, ways = set(), [(view, False)]
    while ways:
        here, asked = ways.pop()
        things = _named(here)
        asked = asked or require_step_up in things
        if _hands_out(here):
            yield asked
        for thing in things:
            if isinstance(thing, FunctionType) and (thing, asked) not in seen and _is_ours(thing):
                seen.add((thing, asked))
                ways.append((thing, asked))


def _hands_out(function: FunctionType) -> bool:
    return any(_is_file(part) or _is_event(part) for part in ast.walk(_source(function)))


def _is_file(part: ast.AST) -> bool:
    return isinstance(part, ast.Constant) and part.value == "Content-Disposition"


def _is_event(part: ast.AST) -> bool:
    made = isinstance(part, ast.Attribute) and part.attr.startswith(("EXPORT_", "PRINT_")) and part.attr.endswith(
        ("_MADE", "_DOWNLOADED")
    )  # fmt: skip
    return made and isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id == "Event"
