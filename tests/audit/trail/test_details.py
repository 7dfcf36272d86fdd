"""Every detail that some place records has words: the source is read, so that a new key or code without any fails here."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from audit.trail.labels_details import CODES, DETAILS, UNSPOKEN

ROOT = Path(__file__).parents[3]
WRITERS = {"record", "record_access", "record_parts", "Entry"}
THROUGH = {"audit/trail/parts.py", "audit/trail/recorder.py"}
"""What hands on the details that others gave."""
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龥]")
CODE = re.compile(r"[a-z][a-z_]*(?:[:.-][a-z_]+)*")
COMPUTED = {
    "domain/households/views/corrections.py", "domain/impact/replays.py", "domain/linkage/exchange/inquiring.py",
    "domain/linkage/providing/sending.py", "domain/linkage/views/disclosing.py", "domain/linkage/views/incoming.py",
    "domain/payments/calculation/finishing.py", "domain/staffing/services.py",
}  # fmt: skip
"""Where keys are made from an enumeration or from a table."""
COMPUTED_KEYS = {
    "add", "address_hidden", "answered", "bank_account", "broken", "change", "changed", "delete", "different", "error", "expired",
    "failed", "held", "leaving", "moved", "new", "not_declared", "not_found", "pack_changed", "parked", "protected_address", "refused",
    "same", "stopped", "unchanged", "unreadable", "wrong",
}  # fmt: skip
"""Of those files, and of the counts of an import."""


@dataclass
class Source:
    """A file, its functions by name, and which function each node stands in."""

    name: str
    tree: ast.Module
    functions: dict[str, list[ast.FunctionDef]] = field(default_factory=lambda: defaultdict(list))
    around: dict[ast.AST, ast.FunctionDef] = field(default_factory=dict)


@lru_cache(maxsize=1)
def sources() -> list[Source]:
    found = []
    for room in ("audit", "domain", "platform", "tenants"):
        for path in sorted((ROOT / room).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if "migrations" in path.parts:
                continue
            source = Source(str(path.relative_to(ROOT)), ast.parse(text))
            for node in ast.walk(source.tree):
                if isinstance(node, ast.FunctionDef):
                    source.functions[node.name].append(node)
                    for inner in ast.walk(node):
                        source.around[inner] = node
            found.append(source)
    return found


Found = tuple[str, ast.expr | None]
"""A key with its value; ("", None) for what cannot be read here."""


class Reader:
    """Reads the keys of an expression: literals, names, what a function was given or gives."""

    def __init__(self) -> None:
        self.seen: set[tuple[int, str]] = set()

    def keys(self, source: Source, value: ast.expr | None) -> Iterator[Found]:
        match value:
            case None | ast.Constant():
                return
            case ast.Dict():
                for key, item in zip(value.keys, value.values, strict=True):
                    if key is None:
                        yield from self.keys(source, item)
                    else:
                        yield from [(str(key.value), item)] if isinstance(key, ast.Constant) else [("", None)]
            case ast.BinOp():
                yield from self.keys(source, value.left)
                yield from self.keys(source, value.right)
            case ast.BoolOp():
                for item in value.values:
                    yield from self.keys(source, item)
            case ast.IfExp():
                yield from self.keys(source, value.body)
                yield from self.keys(source, value.orelse)
            case ast.Name():
                yield from self._named(source, value)
            case ast.Call(func=ast.Name(id="dict"), args=[inner]):
                yield from self.keys(source, inner)
            case ast.Call():
                yield from self._given_back(source, value)
            case _:
                yield ("", None)

    def _named(self, source: Source, name: ast.Name) -> Iterator[Found]:
        function = source.around.get(name)
        if function is None or (id(function), name.id) in self.seen:
            return
        self.seen.add((id(function), name.id))
        known = False
        for node in ast.walk(function):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = getattr(node, "value", None)
            if not isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
                continue
            for target in targets:
                if isinstance(target, ast.Name) and target.id == name.id:
                    known = True
                    yield from self.keys(source, value)
                if isinstance(target, ast.Subscript) and getattr(target.value, "id", "") == name.id:
                    key = target.slice
                    yield (str(key.value), value) if isinstance(key, ast.Constant) else ("", None)
        arguments = function.args
        if arguments.kwarg is not None and arguments.kwarg.arg == name.id:
            known = True
            taken = {one.arg for one in (*arguments.args, *arguments.kwonlyargs)}
            for _, call in _calls(function.name):
                yield from ((one.arg, one.value) for one in call.keywords if one.arg and one.arg not in taken)
        places = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        if name.id in places or name.id in {one.arg for one in arguments.kwonlyargs}:
            known = True
            place = places.index(name.id) - (places[:1] == ["self"]) if name.id in places else len(places) + 99
            for where, call in _calls(function.name):
                if where.name == source.name or len(_defined(function.name)) == 1:
                    given = call.args[place : place + 1] + [one.value for one in call.keywords if one.arg == name.id]
                    for one in given:
                        yield from self.keys(where, one)
        if not known:
            yield ("", None)

    def _given_back(self, source: Source, call: ast.Call) -> Iterator[Found]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        here = [(source, one) for one in source.functions.get(name, [])] or _defined(name)
        if len(here) != 1:
            yield ("", None)
            return
        [(where, function)] = here
        for node in ast.walk(function):
            if isinstance(node, ast.Return):
                yield from self.keys(where, node.value)


@cache
def _defined(name: str) -> list[tuple[Source, ast.FunctionDef]]:
    return [(source, one) for source in sources() for one in source.functions.get(name, [])]


@cache
def _calls(name: str) -> list[tuple[Source, ast.Call]]:
    return [
        (source, node)
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and name == (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
    ]


@lru_cache(maxsize=1)
def recorded() -> list[tuple[str, str, ast.expr | None]]:
    """File, key and value of each detail of each event that some place writes."""
    found = []
    for writer in sorted(WRITERS):
        for source, call in _calls(writer):
            if source.name in THROUGH:
                continue
            given = [one.value for one in call.keywords if one.arg == "detail"]
            given += call.args[2:3] if writer == "Entry" else []
            for one in given:
                found += [(source.name, key, value) for key, value in Reader().keys(source, one)]
    return found


def test_the_walk_sees_what_is_recorded() -> None:
    keys = {key for _, key, _ in recorded()}
    assert {"criteria", "count", "act", "規則", "part", "counts", "error_id", "role", "keep_years"} <= keys
    assert len(recorded()) > 300


def test_every_key_has_words() -> None:
    lacking = {(key, name) for name, key, _ in recorded() if key and key not in DETAILS and not JAPANESE.search(key)}
    assert not lacking


def test_what_the_walk_cannot_read_is_named() -> None:
    assert {name for name, key, _ in recorded() if not key} <= COMPUTED


def test_every_code_that_is_written_out_has_words(database: None) -> None:
    from audit.review.trail_words import word_of

    lacking = set()
    for name, key, value in recorded():
        for one in [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]:
            text = one.value if isinstance(one, ast.Constant) else None
            if isinstance(text, str) and key not in UNSPOKEN and CODE.fullmatch(text) and word_of(key, text) == text:
                lacking.add((key, text, name))
    assert not lacking


def test_words_are_japanese_and_each_is_used() -> None:
    used = {key for _, key, _ in recorded()}
    assert all(JAPANESE.search(words) for words in DETAILS.values())
    assert set(DETAILS) <= used | COMPUTED_KEYS
    assert set(CODES) | UNSPOKEN <= set(DETAILS) | used
