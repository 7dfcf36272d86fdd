"""Values that must not show in a log, a traceback or a test report."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

HIDDEN: Final = {"hidden": True}
"""Metadata of a dataclass field whose value never appears in `repr` or `str`."""

MASK: Final = "＊＊＊"


class Masked:
    """Gives a dataclass (made with `repr=False`) a `repr` that hides its `HIDDEN` fields."""

    __slots__ = ()

    def __repr__(self) -> str:
        shown = ", ".join(_shown(self, field) for field in dataclasses.fields(self))  # type: ignore[arg-type]
        return f"{type(self).__name__}({shown})"


def _shown(instance: object, field: dataclasses.Field[Any]) -> str:
    return f"{field.name}={MASK if field.metadata.get('hidden') else repr(getattr(instance, field.name))}"
