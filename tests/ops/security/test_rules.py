"""The list of audited models in our own rule is that of django-auditlog: a new one is watched without a thought."""

from __future__ import annotations

import re

from ops.security.code import RULES


def test_the_rule_on_bulk_writes_names_every_audited_model() -> None:
    from auditlog.registry import auditlog

    found = re.search(
        r"regex: \^\(([A-Za-z|]+)\)\$\n    paths|metavariable: \$MODEL\n\s+regex: \^\(([A-Za-z|]+)\)",
        (RULES / "trail.yaml").read_text(encoding="utf-8"),
    )
    assert found is not None
    named = set((found[1] or found[2]).split("|"))
    assert named == {model.__name__ for model in auditlog.get_models()}
