"""How a run's tests are shared out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.units import DEMO, EACH_ALONE, LONG, rank_of, unit_of

ROOT = Path(__file__).resolve().parents[1]


def test_whatever_looks_at_the_demo_is_one_unit_and_goes_first() -> None:
    ids = [f"{path.relative_to(ROOT)}::test_x[a@b::c]" for path in (ROOT / "tests" / "e2e").glob("test_*.py")]
    assert len(ids) > 5
    assert {unit_of(each) for each in ids} == {DEMO}
    assert {rank_of(each) for each in ids} == {0}


def test_a_module_is_a_unit_unless_its_tests_are_long_and_share_nothing() -> None:
    assert unit_of("tests/tenants/test_keys.py::test_a") == unit_of("tests/tenants/test_keys.py::test_b[1]")
    alone = f"{EACH_ALONE[0]}::test_a"
    assert unit_of(alone) == alone != unit_of(f"{EACH_ALONE[0]}::test_b")
    assert rank_of(alone) < rank_of(f"{LONG[0]}::test_a") < rank_of("tests/tenants/test_keys.py::test_a")


@pytest.mark.parametrize("module", [*EACH_ALONE, *LONG])
def test_what_is_named_is_there(module: str) -> None:
    assert (ROOT / module).is_file()
