"""Rows of further rules of payment that must not load."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from domain.rules import (
    PackError,
)
from domain.rules.yearpack.loading import build_pack
from tests.domain.rules.rules_of_payment import OVERLAY, RAW, changed


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kind": "magic"}, "kind"),
        ({"enabled": 1}, "true"),
        ({"items": ["umbrella"]}, "経費項目"),
        ({"full_through": "2025-04-30"}, "04-30"),
        ({"full_through": "02-30"}, "04-30"),
        ({"colour": "red"}, "知らない項目"),
        ({"starts_on": "2025-09-01", "ends_on": "2025-08-01"}, "ends_on"),
        ({"rounding": {"mode": "up", "unit": 1}}, "mode"),
        ({"source": "nowhere"}, "出典"),
        ({"id": "own-car"}, "同じ id"),
    ],
)
def test_faulty_rule_rows_do_not_load(change: dict[str, Any], word: str) -> None:
    with pytest.raises(PackError, match=word):
        changed(prorate_supplies=change)


@pytest.mark.parametrize(
    ("rule", "change", "word"),
    [
        ("ict_excess_to_supplies", {"into": "ict_equipment"}, "into"),
        ("ict_excess_to_supplies", {"into": "homecoming_self"}, "回数"),
        ("free_lunch", {"per": "received"}, "grant"),
        ("education_aid_received", {"per": "meal"}, "grant"),
        ("own_car", {"price_per_km": "18.5"}, "price_per_km"),
        ("new_pupil_before_entry", {"categories": [4]}, "categories"),
    ],
)
def test_faulty_parameters_do_not_load(rule: str, change: dict[str, Any], word: str) -> None:
    with pytest.raises(PackError, match=word):
        changed(**{rule: change})


@pytest.mark.parametrize("name", ["Prefectural", "items", "total", "1st"])
def test_ledger_names_are_plain_and_free(name: str) -> None:
    raw = copy.deepcopy(OVERLAY)
    raw["ledgers"][0]["name"] = name
    with pytest.raises(PackError, match="会計区分"):
        build_pack("R07-former-standard", {"R07-former-standard": RAW, "sample-rules": raw})
