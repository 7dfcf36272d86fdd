"""The rules of ``docs/detection.md``, made from the registry. ``manage.py watch_rules`` renews them."""

from __future__ import annotations

from pathlib import Path

from audit.detection.bearing import words_of
from audit.detection.registry import ALL_RULES
from audit.detection.rules import Described

PAGE = Path(__file__).resolve().parents[2] / "docs" / "detection.md"
BEGIN = "<!-- rules: made by manage.py watch_rules -->"
END = "<!-- end of rules -->"


def rules_text() -> str:
    """Every rule of the registry as Markdown."""
    return "\n".join([*(line for rule in ALL_RULES for line in _lines(rule)), ""])


def with_rules(page: str) -> str:
    """The page with the text between its marks replaced by today's. Raises ValueError unless each mark stands once, in order."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    if (page.count(BEGIN), page.count(END), rest.count(END)) != (1, 1, 1):
        raise ValueError("the marks of the rules are missing or doubled")
    return f"{before}{BEGIN}\n{rules_text()}\n{END}{after}"


def _lines(rule: Described) -> list[str]:
    facts = {
        "見るもの": rule.looks_at,
        "使うデータ": rule.needs,
        "鳴る条件": rule.threshold,
        "団体が変えられる値": f"{rule.standard:g} {rule.unit}" if rule.standard is not None else "なし",
        "誤報を抑える仕組み": rule.control,
        "例外": "—" if rule.is_report else words_of(rule.id),
        "確からしさ": rule.certainty,
        "扱い": "報告のみ（警報にしない）" if rule.is_report else "警報",
        "言い方": f"「{rule.example}」",
    }
    return [
        "",
        f"### {rule.title} `{rule.id}`{f'（信号 {rule.number}）' if rule.number else ''}",
        "",
        "| | |",
        "|---|---|",
    ] + [f"| {k} | {v} |" for k, v in facts.items()]
