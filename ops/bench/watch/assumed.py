"""The assumptions (仮定) about honest people: `assumed.toml`. Reads no rule and no threshold."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Assumed:
    """`value`: the figure; `per`: of what; `words`: of which honest act, for the page."""

    value: float
    per: str
    words: str


def _read() -> dict[str, Assumed]:
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return {name: Assumed(**facts) for name, facts in tomllib.loads(text).items()}


ASSUMED = _read()


def rate(name: str) -> float:
    return ASSUMED[name].value
