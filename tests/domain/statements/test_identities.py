"""The trail's viewer prints a 調書 by year and 世帯番号, and a 支給回 by its title."""

from __future__ import annotations

from typing import Any

from audit.review.identities import printable
from audit.trail.entries import Subject


def test_statements_and_rounds_have_printable_names(in_a: Any) -> None:
    from accounts.roles import Role
    from tests.platform.accounts.sign_in import make_person
    from tests.tenants.isolation_world import objects_of_a

    samples = objects_of_a()
    statement, round_ = (Subject(kind, str(samples[f"{kind}_id"])) for kind in ("statement", "round"))
    names = printable(
        [statement, round_, Subject("statement", "x"), Subject("round", "9" * 30)], make_person("namer-m", Role.MONITOR)
    )
    assert set(names) == {statement, round_}
    assert names[statement].startswith("令和")
    assert "世帯番号" in names[statement]
