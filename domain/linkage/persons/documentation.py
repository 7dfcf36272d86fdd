"""The table of states in docs/linkage.md, from the code; `python -m domain.linkage.persons.documentation` writes it."""

from __future__ import annotations

from pathlib import Path

from domain.linkage.persons.states import table

PAGE = Path(__file__).resolve().parents[3] / "docs" / "linkage.md"
BEGIN = "<!-- states of a person -->"
END = "<!-- end of states -->"


def states_table() -> str:
    """Every way from state to state, as Markdown."""
    rows = [f"| {state} | {act} | {after} |" for state, act, after in table()]
    return "\n".join(["", "| state | what happens | next |", "|---|---|---|", *rows, ""])


def with_table(page: str) -> str:
    """The page with the table between its marks replaced by today's."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{states_table()}\n{END}{after}"


def main() -> None:
    import django

    django.setup()
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
