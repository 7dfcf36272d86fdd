"""Which tests go to one worker as a unit, and which units go first. `pytest -n` asks here.

A module is a unit: what it shares (a world, a simulator, a browser) is laid out once and not once in each worker. All of
tests/e2e is one unit: they look at the same demo. Tests that are long and share nothing are units of their own. The long
ones go first, so that no worker is left with one when the other has ended.
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

DEMO = "tests/e2e/"
EACH_ALONE = (
    "tests/ops/bench/test_season.py",
    "tests/integrations/atena_adapters/test_fault_table.py",
    "tests/tenants/test_key_acts.py",
)
LONG = (
    "tests/tenants/console/test_owner_jobs.py",
    "tests/tenants/test_isolation_roles.py",
    "tests/tenants/test_isolation_http.py",
    "tests/tenants/test_isolation_elsewhere.py",
    "tests/platform/jobs/test_killing.py",
    "tests/ops/demo/test_generator.py",
    "tests/integrations/atena_adapters/test_kinds_delivered.py",
    "tests/integrations/atena_adapters/test_database.py",
    "tests/domain/rules/test_fuzz.py",
    "tests/domain/linkage/test_reconciling.py",
    "tests/domain/linkage/test_faults.py",
    "tests/platform/accounts/test_matrix.py",
    "tests/platform/accounts/test_vendor.py",
)
_ORDER = (DEMO, *EACH_ALONE, *LONG)


def unit_of(nodeid: str) -> str:
    """The unit of a test, from its id alone: the distributing process knows no more of it."""
    module = nodeid.partition("::")[0]
    if module.startswith(DEMO):
        return DEMO
    return nodeid if module in EACH_ALONE else module


def rank_of(nodeid: str) -> int:
    """Its place in the queue of units; the others keep their random order."""
    unit = unit_of(nodeid).partition("::")[0]
    return _ORDER.index(unit) if unit in _ORDER else len(_ORDER)


class Units(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out units in the order in which the workers have collected them."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)
