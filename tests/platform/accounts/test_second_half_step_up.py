"""Whoever approves as the second person has just typed the one-time password: every way from a URL to such a rule asks for it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from inspect import getsourcefile, unwrap
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from accounts.access import require_step_up
from accounts.second_person import TwoPersonRule
from jobs import services as jobs
from jobs.registry import all_kinds
from tests.platform.accounts.test_deputies import ROOT, all_rules
from tests.platform.accounts.test_every_url import all_urls

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Way = Callable[..., Any]


def test_every_second_half_asks_for_a_fresh_one_time_password(in_a: Any) -> None:
    """The source is followed from each view, through all functions it names, to where a rule says who may be the second one.

    Also the other way: a rule that no view leads to in a way that can be followed is told, else the walk would prove nothing.
    """
    reached, open_ways = set(), []
    for _, name, view in (param.values for param in all_urls()):
        for rule, asked in _ends(unwrap(view)):
            reached.add(rule)
            open_ways += [] if asked else [f"{name}: call require_step_up(request) before the approval ({rule})"]
    assert not open_ways, "\n".join(open_ways)
    assert reached == {rule.name for rule in all_rules()} | {"console.adapter", "review.verdict"}


def _ends(view: FunctionType) -> set[tuple[str, bool]]:
    """(rule, whether the one-time password was asked for on the way to it)."""
    found, seen, ways = set(), set(), [(view, False, frozenset[str]())]
    while ways:
        here, asked, before = ways.pop()
        things = _named(here)
        rules = frozenset(thing.name for thing in things if isinstance(thing, TwoPersonRule))
        asked = asked or require_step_up in things
        if _decides(here):
            found |= {(rule, asked) for rule in rules or before}
        for thing in things:
            if isinstance(thing, FunctionType) and (thing, asked) not in seen and _is_ours(thing):
                seen.add((thing, asked))
                ways.append((thing, asked, rules))
    return found


def _decides(function: FunctionType) -> bool:
    """It asks a rule for leave: `rule.require(…)`, or `if rule.why_refused(…)` with an error of its own; not for showing a button."""
    parts = list(ast.walk(_source(function)))
    refusing = [part for part in parts if isinstance(part, ast.If) and any(isinstance(p, ast.Raise) for p in part.body)]
    tests = [part for each in refusing for part in ast.walk(each.test)]
    asked = [*_calls(parts, "require"), *_calls(tests, "refuses"), *_calls(tests, "why_refused")]
    return any(isinstance(_thing(function, call), TwoPersonRule) or _is_given(function, call) for call in asked)


def _calls(parts: Any, name: str) -> Iterator[ast.expr]:
    """On what it is called."""
    for part in parts:
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == name:
            yield part.func.value


def _is_given(function: FunctionType, base: ast.expr) -> bool:
    """Whether it is a parameter that is a rule."""
    hints = function.__annotations__
    return isinstance(base, ast.Name) and "TwoPersonRule" in str(hints.get(base.id, ""))


@cache
def _named(function: FunctionType) -> list[Any]:
    """What of modules a function names, called or handed on, and the work of the jobs it starts."""
    parts = list(ast.walk(_source(function)))
    things = [_thing(function, part) for part in parts if isinstance(part, ast.Name | ast.Attribute)]
    things += [_started(function, part) for part in parts if isinstance(part, ast.Call)]
    return [unwrap(thing) if isinstance(thing, FunctionType) else thing for thing in things if thing is not None]


def _thing(function: FunctionType, part: ast.expr) -> Any:
    if isinstance(part, ast.Name):
        return function.__globals__.get(part.id)
    base = _thing(function, part.value) if isinstance(part, ast.Attribute) else None
    return getattr(base, part.attr, None) if isinstance(base, ModuleType) and isinstance(part, ast.Attribute) else None


def _started(function: FunctionType, call: ast.Call) -> Any:
    """The work of a job that is started by the name of its kind."""
    if not call.args or _thing(function, call.func) is not jobs.start:
        return None
    kind = call.args[0]
    name = kind.value if isinstance(kind, ast.Constant) else _thing(function, kind)
    return next((one.run for one in all_kinds() if one.name == name), None)


def _is_ours(function: FunctionType) -> bool:
    return str(getsourcefile(function)).startswith(str(ROOT)) and _source(function) is not _NOTHING


_NOTHING = ast.Module([], [])


def _source(function: FunctionType) -> ast.AST:
    return _functions(getsourcefile(function) or "").get(function.__code__.co_firstlineno, _NOTHING)


@cache
def _functions(path: str) -> dict[int, ast.AST]:
    """By their first line, which is that of the first decorator."""
    parts = ast.walk(ast.parse(Path(path).read_text(encoding="utf-8")))
    defined = [part for part in parts if isinstance(part, FUNCTIONS)]
    return {min([part.lineno, *(each.lineno for each in part.decorator_list)]): part for part in defined}
