"""The permission matrix as a Markdown table, for `docs/accounts.md`."""

from __future__ import annotations

from accounts.permissions import ROLE_PERMISSIONS, Permission
from accounts.roles import Role

BEGIN = "<!-- permission matrix: made by `manage.py permission_matrix`, do not edit -->"
END = "<!-- end of permission matrix -->"


def as_markdown() -> str:
    """One row per permission, one column per role, between the two marks."""
    head = ["権限", "コード", *(role.label for role in Role)]
    rows = [_row(permission) for permission in Permission]
    lines = [_line(head), _line(["---", "---", *([":-:"] * len(Role))]), *(_line(row) for row in rows)]
    return "\n".join([BEGIN, "", *lines, "", END])


def inserted_into(document: str) -> str:
    """The document with its matrix replaced. Raises ValueError when a mark is missing."""
    start, end = document.index(BEGIN), document.index(END) + len(END)
    return document[:start] + as_markdown() + document[end:]


def _row(permission: Permission) -> list[str]:
    held = ["●" if permission in ROLE_PERMISSIONS[role] else "" for role in Role]
    return [permission.label, f"`{permission.value}`", *held]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
