"""A checker for the part of JSON Schema that our own schemas use; an unknown word of a schema is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
ANNOTATIONS = {"$schema", "$comment", "title", "$defs"}


def faults(schema: Mapping[str, Any], value: object, root: Mapping[str, Any], where: str = "$") -> Iterator[str]:
    """Every place where `value` is not what `schema` says."""
    for word, wanted in schema.items():
        if word not in ANNOTATIONS:
            yield from CHECKS[word](wanted, value, schema, root, where)


def _type(wanted: str, value: object, *rest: Any) -> Iterator[str]:
    kind = TYPES[wanted]
    if not isinstance(value, kind) or (wanted != "boolean" and isinstance(value, bool)):
        yield f"{rest[-1]}: no {wanted}"


def _properties(wanted: Mapping[str, Any], value: object, _: Any, root: Any, where: str) -> Iterator[str]:
    for name, each in wanted.items():
        if isinstance(value, dict) and name in value:
            yield from faults(each, value[name], root, f"{where}.{name}")


def _required(wanted: list[str], value: object, _: Any, __: Any, where: str) -> Iterator[str]:
    yield from (f"{where}: {name} is lacking" for name in wanted if isinstance(value, dict) and name not in value)


def _additional(wanted: Any, value: object, schema: Any, root: Any, where: str) -> Iterator[str]:
    others = [name for name in value if name not in schema.get("properties", {})] if isinstance(value, dict) else []
    for name in others:
        if wanted is False:
            yield f"{where}: {name} is not known"
        else:
            assert isinstance(value, dict)
            yield from faults(wanted, value[name], root, f"{where}.{name}")


def _items(wanted: Mapping[str, Any], value: object, _: Any, root: Any, where: str) -> Iterator[str]:
    for number, each in enumerate(value if isinstance(value, list) else []):
        yield from faults(wanted, each, root, f"{where}[{number}]")


def _any_of(wanted: list[Any], value: object, _: Any, root: Any, where: str) -> Iterator[str]:
    if all(any(True for _ in faults(each, value, root, where)) for each in wanted):
        yield f"{where}: none of the alternatives"


def _ref(wanted: str, value: object, _: Any, root: Any, where: str) -> Iterator[str]:
    yield from faults(root["$defs"][wanted.removeprefix("#/$defs/")], value, root, where)


def _simple(holds: Any) -> Any:
    def check(wanted: Any, value: Any, _: Any, __: Any, where: str) -> Iterator[str]:
        if not holds(wanted, value):
            yield f"{where}: {value!r} against {wanted!r}"

    return check


CHECKS: Mapping[str, Any] = {
    "type": _type,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _additional,
    "items": _items,
    "anyOf": _any_of,
    "$ref": _ref,
    "enum": _simple(lambda wanted, value: any(each == value and type(each) is type(value) for each in wanted)),
    "const": _simple(lambda wanted, value: wanted == value and type(wanted) is type(value)),
    "minimum": _simple(lambda wanted, value: not isinstance(value, int) or value >= wanted),
    "maximum": _simple(lambda wanted, value: not isinstance(value, int) or value <= wanted),
    "minLength": _simple(lambda wanted, value: not isinstance(value, str) or len(value) >= wanted),
    "minItems": _simple(lambda wanted, value: not isinstance(value, list) or len(value) >= wanted),
    "pattern": _simple(lambda wanted, value: not isinstance(value, str) or re.search(wanted, value) is not None),
}
