"""Shipped 年度定義 on the console: coverage of each, and nothing of any prefecture."""

from __future__ import annotations

from typing import Any

import pytest

from domain.rules import available_packs
from tests.tenants.console.conftest import text_of


def test_every_shipped_pack_has_its_line(operator: Any) -> None:
    shown = text_of(operator.get("/packs/"))
    for info in available_packs():
        assert info.name in shown


@pytest.mark.parametrize("info", available_packs(), ids=lambda info: info.name)
def test_every_shipped_pack_has_its_table(operator: Any, info: Any) -> None:
    shown = text_of(operator.get(f"/packs/{info.name}/"))
    assert info.title in shown
    assert operator.get(f"/packs/{info.name}/", {"show": "absent"}).status_code == 200


def test_a_name_that_is_no_pack_is_not_found(operator: Any) -> None:
    assert operator.get("/packs/board-2025-1/").status_code == 404


def test_the_monitor_of_the_platform_may_look_too(browse: Any) -> None:
    assert "通学費(本人)" in text_of(browse("platform").get("/packs/R07-former-standard/"))
