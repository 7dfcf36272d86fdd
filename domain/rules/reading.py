"""Reads untrusted mappings (TOML of packs, JSON of cases) strictly: wrong types and unknown names are faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import TypeVar, cast

FILE_END = ".toml: "
"""What stands between the file and the place in a fault's text."""

Choice = TypeVar("Choice", bound=Enum)
MOST_BITS = 53
"""Integers beyond 53 bits are no amount of money, and other programs would read them differently."""


class ReadFault(Exception):
    """One fault, in Japanese, with its place."""


def has_surrogates(text: str) -> bool:
    """Whether a text has halves of letters, which no UTF-8 can hold."""
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)


@lru_cache
def _members(kind: type[Enum]) -> dict[tuple[type, object], Enum]:
    """Members by type and value, so that true is not taken for 1."""
    return {(type(member.value), member.value): member for member in kind}


class Reader:
    """A mapping and the place it stands at; every getter names the place in its fault."""

    def __init__(self, data: object, where: str, files: Mapping[str, str] | None = None) -> None:
        if not isinstance(data, Mapping):
            raise ReadFault(f"{where}: 項目の組(オブジェクト)ではありません")
        self.data: Mapping[str, object] = data
        self.where = where
        self._files = files or {}
        self._read: set[str] = set()

    @property
    def row(self) -> str:
        """Stable name of the place, the same whichever file the content was read from: receipts name rows by it."""
        pack, _, place = self.where.partition(FILE_END)
        return f"{pack.rpartition('/')[0]}.{place}" if place else self.where

    def has(self, key: str) -> bool:
        """Whether the name is given."""
        return key in self.data

    def value(self, key: str) -> object:
        """Raw value; a fault if absent."""
        self._read.add(key)
        if key not in self.data:
            raise ReadFault(f"{self.where}: 「{key}」がありません")
        return self.data[key]

    def text(self, key: str) -> str:
        """Non-empty text."""
        found = self.value(key)
        if not isinstance(found, str) or not found:
            raise ReadFault(f"{self.where}: 「{key}」は空でない文字列で書いてください")
        if has_surrogates(found):
            raise ReadFault(f"{self.where}: 「{key}」に文字でないもの(サロゲート)があります")
        return found

    def text_or(self, key: str, default: str) -> str:
        """Text or the default."""
        return self.text(key) if key in self.data else default

    def integer(self, key: str, least: int | None = 0, most: int | None = None) -> int:
        """Integer from `least` to `most`; true/false and decimals are refused."""
        found = self.value(key)
        if type(found) is not int:
            raise ReadFault(f"{self.where}: 「{key}」は整数で書いてください")
        if found.bit_length() > MOST_BITS:
            raise ReadFault(f"{self.where}: 「{key}」の数が大きすぎます")
        if least is not None and found < least:
            raise ReadFault(f"{self.where}: 「{key}」は{least}以上にしてください")
        if most is not None and found > most:
            raise ReadFault(f"{self.where}: 「{key}」は{most}以下にしてください")
        return found

    def integer_or(self, key: str, default: int, least: int | None = 0) -> int:
        """Integer or the default."""
        return self.integer(key, least) if key in self.data else default

    def flag(self, key: str) -> bool:
        """true or false."""
        found = self.value(key)
        if type(found) is not bool:
            raise ReadFault(f"{self.where}: 「{key}」は true か false で書いてください")
        return found

    def flag_or(self, key: str, default: bool) -> bool:
        """Flag or the default."""
        return self.flag(key) if key in self.data else default

    def day(self, key: str) -> date:
        """ISO date text (2024-12-31)."""
        found = self.text(key)
        try:
            day = date.fromisoformat(found)
        except ValueError:
            day = None
        if day is None or day.isoformat() != found:  # other forms of ISO 8601 are refused
            raise ReadFault(f"{self.where}: 「{key}」は 2024-12-31 の形の日付で書いてください")
        return day

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """Member of an enum by its value."""
        found = self.value(key)
        member = _members(kind).get((type(found), found)) if isinstance(found, str | int) else None
        if member is not None:
            return cast(Choice, member)
        known = "・".join(str(each.value) for each in kind)
        raise ReadFault(f"{self.where}: 「{key}」は {known} のどれかにしてください")

    def choice_or(self, key: str, kind: type[Choice], default: Choice) -> Choice:
        """Member of an enum or the default."""
        return self.choice(key, kind) if key in self.data else default

    def items(self, key: str) -> list[object]:
        """List; a fault if it is none."""
        found = self.value(key)
        if not isinstance(found, list):
            raise ReadFault(f"{self.where}: 「{key}」は並び(配列)で書いてください")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """List of texts."""
        found = self.items(key)
        if not all(isinstance(each, str) for each in found):
            raise ReadFault(f"{self.where}: 「{key}」は文字列の並びで書いてください")
        return tuple(str(each) for each in found)

    def items_or_none(self, key: str) -> list[object] | None:
        """List, or None when the name is absent."""
        return self.items(key) if key in self.data else None

    def child(self, key: str) -> Reader:
        """Nested mapping."""
        return Reader(self.value(key), self._place(key))

    def _place(self, key: str) -> str:
        """Where a name below this one stands, with its file where that is known."""
        file = self._files.get(key)
        return f"{self.where}.{key}" if file is None else f"{self.where}/{file}: {key}"

    def children(self, key: str) -> Iterator[Reader]:
        """Nested mappings of a list; nothing when the name is absent."""
        place = self._place(key)
        for number, found in enumerate(self.items_or_none(key) or (), start=1):
            yield Reader(found, f"{place}[{number}]")

    def nth(self, key: str, number: int) -> Reader:
        """The nested mapping that stands as `number` (from 1) in a list."""
        return Reader(self.items(key)[number - 1], f"{self._place(key)}[{number}]")

    def done(self) -> None:
        """A fault if a name was given that nobody read."""
        if not self._read.issuperset(self.data):
            unknown = sorted(set(self.data) - self._read)
            raise ReadFault(f"{self.where}: 知らない項目です: {'、'.join(unknown)}")
