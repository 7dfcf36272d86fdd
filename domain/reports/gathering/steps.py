"""計算の過程 of a 調書 for paper: the lines of the page, with the long names of the sources gathered into notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.statements.presentation.receipts import parts
from typesetting.data import ReceiptStep


def steps_of(receipt: Mapping[str, Any], names: Mapping[str, str]) -> tuple[list[ReceiptStep], list[str]]:
    """The steps, and the notes 資料1: … that they refer to."""
    sources: dict[str, int] = {}
    steps: list[ReceiptStep] = []
    for part in parts(receipt, names):
        for line in part.lines:
            steps.append(
                {"label": line.label, "how": line.how, "value": line.value, "source": _referring(line.source, sources)}
            )
    return steps, [f"資料{number}: {text}" for text, number in sources.items()]


def _referring(basis: str, sources: dict[str, int]) -> str:
    """令2条1号　資料1　確かさ 公表資料; the basis reads article (if any), source, how firm it is."""
    *law, source, firm = basis.split("　") if basis.count("　") else ["", "", basis]
    if not source:
        return basis
    number = sources.setdefault(source, len(sources) + 1)
    return "　".join([*law, f"資料{number}", firm])
