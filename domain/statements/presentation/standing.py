"""根拠の確かさ in two words: 確定, or 未確認 with what is not confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domain.rules import Standing

FIRM = (Standing.STATUTE.value, Standing.PUBLISHED.value)
"""Standings that need nobody's second look: law, and what an authority has published."""


def word(standing: str | None) -> str:
    if not standing:
        return ""
    return "確定" if standing in FIRM else "未確認"


def label(standing: str) -> str:
    """法令 / 公表資料 / 推計 / 団体設定 / 未確認."""
    return Standing(standing).label


def open_names(steps: Iterable[Mapping[str, Any]]) -> list[str]:
    """What of a receipt is not confirmed: 期末一時扶助（推計）, each once, in the order of the computation."""
    names = (f"{step['title']}（{label(step['standing'])}）" for step in steps if step["standing"] not in FIRM)
    return list(dict.fromkeys(names))
