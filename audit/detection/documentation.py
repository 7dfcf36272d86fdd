"""The rules of ``docs/detection.md``, made from the registry. ``manage.py watch_rules`` renews them."""

from __future__ import annotations

from pathlib import Path

from audit.detection.registry import RULES
from audit.detection.rules import Rule

PAGE = Path(__file__).resolve().parents[2] / "docs" / "detection.md"
BEGIN = "<!-- rules: made by manage.py watch_rules -->"
END = "<!-- end of rules -->"


def rules_text() -> str:
    """Every rule of the registry as Markdown."""
    return "\n".join([*(line for rule in RULES for line in _lines(rule)), ""])


def with_rules(page: str) -> str:
    """The page with the text between its marks replaced by today's. Raises ValueError when a mark is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the marks of the rules are missing")
    return f"{before}{BEGIN}\n{rules_text()}\n{END}{after}"


def _lines(rule: Rule) -> list[str]:
    facts = {
        "見るもの": "、".join(kind.label for kind in rule.watches),
        "使うデータ": rule.needs,
        "鳴る条件": rule.threshold,
        "誤報を抑える仕組み": rule.control,
        "確からしさ": rule.certainty,
        "言い方": f"「{rule.example}」",
    }
    return ["", f"### {rule.title} `{rule.id}`", "", "| | |", "|---|---|"] + [
        f"| {k} | {v} |" for k, v in facts.items()
    ]
