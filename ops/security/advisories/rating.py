"""How bad a weakness is and until when it has to be mended: the table of docs/operating-site.md."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

DAYS_TO_MEND = {"critical": 3, "high": 14, "medium": 45, "low": 90}
UNRATED = "high"
"""What nobody rated is mended as if it were high: most records of the PyPA database carry no rating."""
_WORDS = {"LOW": "low", "MODERATE": "medium", "MEDIUM": "medium", "HIGH": "high", "CRITICAL": "critical"}
_FROM = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"))

# CVSS 3.1, section 7.4: the weight of each value of each base metric.
_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_PRIVILEGES = {"U": {"N": 0.85, "L": 0.62, "H": 0.27}, "C": {"N": 0.85, "L": 0.68, "H": 0.5}}


def rated(record: Mapping[str, Any]) -> str:
    """critical, high, medium or low: as the record says in a word, else by its CVSS 3 vector; UNRATED without either."""
    word = str((record.get("database_specific") or {}).get("severity", "")).upper()
    if word in _WORDS:
        return _WORDS[word]
    told = [*(record.get("severity") or ()), *_severities_of(record.get("affected") or ())]
    scores = [score for one in told if (score := base_score(str(one.get("score", "")))) is not None]
    if not scores:
        return UNRATED
    return next((word for least, word in _FROM if max(scores) >= least), "low")


def worst(words: Iterable[str]) -> str:
    return min(words, key=lambda word: DAYS_TO_MEND[word])


def mend_by(published: date, word: str) -> date:
    """The last day on which it may still be open."""
    return published + timedelta(days=DAYS_TO_MEND[word])


def base_score(vector: str) -> float | None:
    """The base score of a CVSS 3.0 or 3.1 vector, 0.0 to 10.0 (specification 7.1); None for anything else."""
    if not vector.startswith("CVSS:3."):
        return None
    values = dict(part.split(":", 1) for part in vector.split("/") if ":" in part)
    try:
        weights = {metric: known[values[metric]] for metric, known in _WEIGHTS.items()}
        privileges, is_changed = _PRIVILEGES[values["S"]][values["PR"]], values["S"] == "C"
    except KeyError:
        return None
    share = 1 - (1 - weights["C"]) * (1 - weights["I"]) * (1 - weights["A"])
    impact = 7.52 * (share - 0.029) - 3.25 * (share - 0.02) ** 15 if is_changed else 6.42 * share
    if impact <= 0:
        return 0.0
    ease = 8.22 * weights["AV"] * weights["AC"] * privileges * weights["UI"]
    return _rounded_up(min((1.08 if is_changed else 1.0) * (impact + ease), 10.0))


def _rounded_up(score: float) -> float:
    """To one decimal place, upwards, untouched by binary fractions (specification, appendix A)."""
    whole = round(score * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (math.floor(whole / 10_000) + 1) / 10


def _severities_of(affected: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [one for package in affected for one in package.get("severity") or ()]
