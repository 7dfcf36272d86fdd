"""One step of a receipt: what it shares with other households' steps (`Frame`), its inputs and its value."""

from __future__ import annotations

from collections.abc import Sequence
from json.encoder import encode_basestring

from domain.rules.canonical import canonical_text
from domain.rules.standing import Standing, weakest
from domain.rules.yearpack.tables import Origin

Inputs = dict[str, str | int]
"""Names in the order of code points, as the canonical form has them."""


class Frame:
    """Everything of a step but its inputs and value, with its canonical text made once."""

    __slots__ = ("component", "head", "origin", "row", "shared", "table", "tail", "title", "unit")

    def __init__(self, component: str, title: str, table: str, row: str, unit: str, origin: Origin) -> None:
        self.component, self.title, self.table, self.row, self.unit = component, title, table, row, unit
        self.origin = origin
        self.shared: dict[str, object] = {
            "component": component,
            "title": title,
            "table": table,
            "row": row,
            "unit": unit,
            "source": origin.source,
            "standing": origin.standing.value,
            "article": origin.article,
        }
        if origin.accepted is not None:
            self.shared["accepted"] = origin.accepted.to_json()
        before = {name: value for name, value in self.shared.items() if name < "inputs"}
        after = {name: value for name, value in self.shared.items() if name > "inputs"}
        self.head = f'{canonical_text(before)[:-1]},"inputs":{{'
        self.tail = f'}},{canonical_text(after)[1:-1]},"value":'

    @staticmethod
    def joined(origins: Sequence[Origin], article: str) -> Origin:
        """Several origins as one: all sources, the weakest standing, the first article or else the one given."""
        sources = " / ".join(dict.fromkeys(origin.source for origin in origins))
        accepted = next((origin.accepted for origin in origins if origin.accepted), None)
        standing: Standing = weakest(origin.standing for origin in origins)
        return Origin(sources, standing, origins[0].article or article, accepted)


class TraceStep:
    """One step: `value` in `unit`, from table row `row` and `inputs`."""

    __slots__ = ("_text", "frame", "inputs", "value")

    def __init__(self, frame: Frame, inputs: Inputs, value: str | int, text: str = "") -> None:
        self.frame, self.inputs, self.value = frame, inputs, value
        self._text = text

    @property
    def component(self) -> str:
        """Id of the part of the computation."""
        return self.frame.component

    @property
    def title(self) -> str:
        """Japanese name of the part."""
        return self.frame.title

    @property
    def row(self) -> str:
        """Printed key of the row used, empty where none was."""
        return self.frame.row

    @property
    def unit(self) -> str:
        """Unit of the value."""
        return self.frame.unit

    @property
    def source(self) -> str:
        """出典."""
        return self.frame.origin.source

    @property
    def standing(self) -> Standing:
        """確からしさ of the row used."""
        return self.frame.origin.standing

    @property
    def article(self) -> str:
        """根拠条文, may be empty."""
        return self.frame.origin.article

    def to_json(self) -> dict[str, object]:
        """Plain mapping for the receipt."""
        found = self.frame.shared.copy()
        found["inputs"] = self.inputs.copy()
        found["value"] = self.value
        return found

    def text(self) -> str:
        """Canonical JSON of `to_json()`; made once."""
        if not self._text:
            inputs = ",".join([f'"{name}":{text_of(value)}' for name, value in self.inputs.items()])
            self._text = f"{self.frame.head}{inputs}{self.frame.tail}{text_of(self.value)}}}"
        return self._text


def text_of(value: str | int) -> str:
    """Canonical JSON of a text or an integer."""
    return encode_basestring(value) if isinstance(value, str) else str(value)
