"""The details of an event in words: keys by the vocabulary, codes by what the rooms themselves call them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db.models import Model

from accounts import field_matrix
from accounts.permissions import Permission
from audit.detection.registry import title_of
from audit.trail.labels_details import CODES, UNSPOKEN, detail_label
from jobs.registry import all_kinds


def details_of(detail: Mapping[str, Any], kinds: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Term and value of each detail, in its order. `kinds`: of the subjects of the event."""
    for key, value in detail.items():
        if key == "fields" and isinstance(value, list):
            yield detail_label(key), "、".join(_column_of(str(name), kinds) for name in value)
        else:
            yield detail_label(str(key)), _text(str(key), value)


def _column_of(name: str, kinds: Sequence[str]) -> str:
    """As the table of the last subject that has the column calls it (世帯, then 構成員); else another table of their rooms."""
    tables = [table for kind in reversed(kinds) if (table := _table_of(kind)) is not None]
    rooms = [other for table in tables for other in apps.get_app_config(table._meta.app_label).get_models()]
    for table in (*tables, *rooms):
        for field in table._meta.fields:
            if field.name == name:
                return str(field.verbose_name)
    return word_of("fields", name)


@lru_cache(maxsize=64)
def _table_of(kind: str) -> type[Model] | None:
    """Whose rows are subjects of this kind."""
    return next((model for model in apps.get_models() if model._meta.model_name == kind), None)


def _text(key: str, value: Any) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "はい" if value else "いいえ"
        case list():
            return "、".join(_text(key, item) for item in value)
        case dict():
            return "、".join(f"{detail_label(str(term))}: {_text(str(term), item)}" for term, item in value.items())
        case str():
            return word_of(key, value)
    return str(value)


def word_of(key: str, code: str) -> str:
    """What a code under this key means; what no room calls otherwise (a day, a file's digest, a name) as it is."""
    if code in CODES.get(key, {}):
        return CODES[key][code]
    if key in UNSPOKEN:
        return code
    if key == "規則":
        return title_of(code)
    for words in (_rooms().get(key, {}), field_matrix.titles(), _choices().get(key, {}), _choices()[""]):
        if code in words:
            return words[code]
    return code


@lru_cache(maxsize=1)
def _rooms() -> dict[str, Mapping[str, str]]:
    kinds = {kind.name: kind.title for kind in all_kinds()}
    permissions = {one.value: one.label for one in Permission}
    return {"permission": permissions, "kind": kinds, "job": kinds, "fields": _columns()}


@lru_cache(maxsize=1)
def _choices() -> Mapping[str, Mapping[str, str]]:
    """By a column's name, and under "" by no name: the codes to which all tables that have them give the same words."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for model in apps.get_models():
        for field in model._meta.fields:
            for code, label in field.flatchoices:
                for name in ("", field.name):
                    found[name][str(code)].add(str(label))
    return defaultdict(dict, {name: _agreed(codes) for name, codes in found.items()})


def _columns() -> dict[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    for model in apps.get_models():
        for field in model._meta.fields:
            found[field.name].add(str(field.verbose_name))
    return {name: min(words, key=len) for name, words in found.items()}


def _agreed(codes: Mapping[str, set[str]]) -> dict[str, str]:
    return {code: next(iter(words)) for code, words in codes.items() if len(words) == 1}
