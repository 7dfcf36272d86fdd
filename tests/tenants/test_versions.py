"""A process refuses to start on tables that lag behind its code."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from tenants.core.versions import SchemaLags, refuse_lagging


def test_up_to_date_prefectures_let_a_process_start(prefecture_a: Any) -> None:
    refuse_lagging()


def test_a_lagging_prefecture_is_named(prefecture_a: Any) -> None:
    with patch("tenants.core.versions.of_the_code", return_value="f" * 64), pytest.raises(SchemaLags) as refused:
        refuse_lagging()
    assert prefecture_a.name in str(refused.value)
    assert "upgrade" in str(refused.value)
