"""What all parts of the pack parser share: a layer (base or overlay), its sources, collected faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction

from domain.rules.exact import Rounding, RoundingMode, parse_fraction
from domain.rules.reading import Reader, ReadFault
from domain.rules.standing import Standing
from domain.rules.yearpack.tables import Origin


class FolderContent(dict[str, object]):
    """Content of a pack folder; `files` says which file each section came from."""

    def __init__(self, content: Mapping[str, object], files: Mapping[str, str]) -> None:
        super().__init__(content)
        self.files = dict(files)


class Layer:
    """One pack folder's content.  Faults of all layers are collected into one list."""

    def __init__(self, name: str, raw: Mapping[str, object], faults: list[str]) -> None:
        self.name = name
        self.raw = raw
        self.files: Mapping[str, str] = raw.files if isinstance(raw, FolderContent) else {}
        self.faults = faults
        self.title = name
        self.sample = False
        self.sources: dict[str, str] = {}
        self.trial: Origin | None = None
        with self.collecting():
            section = self.root().child("pack")
            self.title, self.sample = section.text("title"), section.flag_or("sample", False)
        with self.collecting():
            sources = self.root().child("sources")
            self.sources = {key: sources.text(key) for key in sources.data}
        with self.collecting():
            if self.root().child("pack").flag_or("trial", False):
                self.trial = Origin(f"{self.title}(試算用)", Standing.UNCONFIRMED, "")

    def root(self) -> Reader:
        """Reader of the whole layer; it knows the file of each section."""
        return Reader(self.raw, self.name, self.files)

    def rows(self, section: str) -> Iterator[Reader]:
        """Rows of a top-level list; nothing when the layer does not have it.  A row that is none is noted as a fault."""
        root, number = self.root(), 0
        with self.collecting():
            for number in range(1, len(root.items_or_none(section) or ()) + 1):
                with self.collecting():
                    yield root.nth(section, number)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Notes a fault instead of raising, so that all of them are seen at once."""
        try:
            yield
        except ReadFault as fault:
            self.faults.append(str(fault))

    def origin(self, reader: Reader) -> Origin:
        """`source` (a name of [sources]), `standing` and optional `article` of a row; a row without them is a fault."""
        source = reader.text("source")
        if source not in self.sources:
            raise ReadFault(f"{reader.where}: 出典「{source}」が [sources] にありません")
        return Origin(self.sources[source], reader.choice("standing", Standing), reader.text_or("article", ""))


def last_with(layers: Sequence[Layer], section: str) -> Layer:
    """The last layer that has a section; the base when none has."""
    return next((layer for layer in reversed(layers) if section in layer.raw), layers[0])


def fraction(reader: Reader, key: str) -> Fraction:
    """An exact fraction written as text."""
    try:
        return parse_fraction(reader.text(key))
    except ValueError:
        raise ReadFault(f'{reader.where}: 「{key}」は "3/2" の形の分数で書いてください') from None


def parse_rounding(reader: Reader) -> Rounding:
    """`mode` and `unit` (円)."""
    rounding = Rounding(reader.choice("mode", RoundingMode), reader.integer("unit", least=1))
    reader.done()
    return rounding
