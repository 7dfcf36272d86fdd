"""The other side is built from the wire alone: none of our adapter code may be in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.atena_adapters import simulator

ROOT = Path(simulator.__file__).parent
OWN = "integrations.atena_adapters.simulator"
ALLOWED = (OWN, "integrations.sealed_file")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            yield node.module or ""
            yield from (
                f"{node.module}.{name.name}" for name in node.names if node.module == "integrations.atena_adapters"
            )


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_of_the_adapters_is_imported(path: Path) -> None:
    ours = ("integrations", "domain", "tenants", "audit", "ops", "jobs", "accounts", "config", "web", "django")
    strange = [name for name in _imports(path) if name.split(".")[0] in ours and not name.startswith(ALLOWED)]
    assert strange == []
