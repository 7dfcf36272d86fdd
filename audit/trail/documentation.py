"""The events table of ``docs/trail.md``, made from the vocabulary. ``python -m audit.trail.documentation`` renews it."""

from pathlib import Path

from audit.trail.labels import GROUPS, WORDING
from audit.trail.labels_details import DETAILS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "trail.md"
BEGIN = "<!-- events: made by python -m audit.trail.documentation -->"
END = "<!-- end of events -->"


def events_table() -> str:
    """Every event with its label and meaning, by group, and the details that events carry, as Markdown."""
    lines: list[str] = []
    for group, title in GROUPS.items():
        lines += ["", f"### {title} `{group}`", "", "| event | 名称 | 意味 |", "|---|---|---|"]
        for value, words in WORDING.items():
            if value.startswith(f"{group}:"):
                lines.append(f"| `{value}` | {words.label} | {words.meaning} |")
    lines += [
        "",
        "### 記録の項目",
        "",
        "Keys of `detail`; what they hold is told in words on the page, and as it is in files.",
        "",
    ]
    lines += ["| key | 名称 |", "|---|---|", *(f"| `{key}` | {words} |" for key, words in DETAILS.items())]
    return "\n".join([*lines, ""])


def with_table(page: str) -> str:
    """The page with the table between its marks replaced by today's. Raises ValueError when a mark is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the marks of the events table are missing")
    return f"{before}{BEGIN}\n{events_table()}\n{END}{after}"


def main() -> None:
    """Write today's table into the page."""
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
