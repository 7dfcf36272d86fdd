"""The sample rules of payment, and the same with rows changed."""

from __future__ import annotations

import copy
from typing import Any

from domain.rules import (
    Department,
    Pack,
    PaymentResult,
    load_pack,
)
from domain.rules.yearpack.files import FOLDER, read_folder
from domain.rules.yearpack.loading import build_pack

RAW: dict[str, Any] = read_folder(FOLDER / "R07-former-standard")
OVERLAY: dict[str, Any] = read_folder(FOLDER / "sample-rules")
RULES = load_pack("R07-former-standard", ("sample-rules",))
JUNIOR = Department.JUNIOR_HIGH


def changed(**rules: Any) -> Pack:
    """The sample rules with rows changed by id (`_` for `-`), or `payment` replaced in part."""
    raw = copy.deepcopy(OVERLAY)
    if "payment" in rules:
        raw["payment"] = {**RAW["payment"], "source": "sample", **rules.pop("payment")}
        raw["payment"]["once_per_department"] = {"source": "sample", "standing": "operator"}
    for row in raw["payment_rules"]:
        row.update(rules.get(row["id"].replace("-", "_"), {}))
    return build_pack("R07-former-standard", {"R07-former-standard": RAW, "sample-rules": raw})


def components(result: PaymentResult) -> list[tuple[str, str]]:
    return [(row.component.value, row.value) for group in result.groups for row in group.rows]
