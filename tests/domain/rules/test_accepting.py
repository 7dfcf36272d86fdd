"""A board accepts an unconfirmed row: it stands as `operator`, and every receipt says who, when and why."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from domain.rules import Pack, PackError, Standing, assess, explain, explain_payment, is_intact, load_pack, pay
from domain.rules.yearpack.files import FOLDER, read_folder
from domain.rules.yearpack.loading import build_pack
from domain.rules.yearpack.surveying import survey
from tests.domain.rules.building import expense, family, pupil
from tests.domain.rules.schema import faults
from tests.domain.rules.test_payment_explaining import SCHEMA

BASE = "R07-former-standard"
RAW: dict[str, Any] = read_folder(FOLDER / BASE)


def accepting(*names: str, **more: Any) -> Pack:
    rows = [{"row": name, "reason": "教育長決裁", "by": "サンプル太郎", "on": "2025-05-01", **more} for name in names]
    overlay: dict[str, Any] = {
        "pack": {"title": "承認", "fiscal_year": 2025, "extends": [BASE]},
        "sources": {},
        "accepted": rows,
    }
    return build_pack(BASE, {BASE: copy.deepcopy(RAW), "board": overlay})


def test_an_accepted_row_stands_as_operator_and_says_who() -> None:
    before, after = assess(load_pack(BASE), family([40, 9])), assess(accepting("ages"), family([40, 9]))
    assert (before.standing, after.standing) == (Standing.UNCONFIRMED, Standing.OPERATOR)
    assert before.annual_need == after.annual_need
    step = next(step for step in after.steps if step.component == "ages")
    assert step.to_json()["accepted"] == {"reason": "教育長決裁", "by": "サンプル太郎", "on": "2025-05-01"}
    receipt = after.receipt()
    assert is_intact(receipt)
    assert "サンプル太郎" in explain(receipt).clerk_text()
    assert before.pack.digest != after.pack.digest


def test_a_receipt_of_a_payment_says_who_accepted_its_rows() -> None:
    case = pupil(expense("commuting_self", 1_001))
    before, after = (pay(pack, case).receipt() for pack in (load_pack(BASE), accepting("payment")))
    assert "未確認の行を承認" not in explain_payment(before).clerk_text()
    receipt: Any = after
    (row,) = [row for row in receipt["steps"][0]["rows"] if "accepted" in row]
    assert (row["component"], row["standing"]) == ("rounding", "operator")
    assert row["accepted"] == {"reason": "教育長決裁", "by": "サンプル太郎", "on": "2025-05-01"}
    assert list(faults(SCHEMA, receipt, SCHEMA)) == []
    assert "未確認の行を承認: サンプル太郎、2025-05-01、教育長決裁" in explain_payment(receipt).clerk_text()


def test_only_unconfirmed_rows_are_raised() -> None:
    found = accepting("class1/1-1/6-11", "need", "category/1")
    cell = found.tables["class1"].find(("1-1", 9))
    assert cell is not None
    assert cell.origin.standing is Standing.PUBLISHED
    assert cell.origin.accepted is None
    assert found.need.origin.standing is Standing.DERIVED


@pytest.mark.parametrize(
    "name", ["special/partial_decline", "income/floor", "payment_rules/prorate-supplies", "inquiry_age"]
)
def test_rows_of_every_kind_have_a_name(name: str) -> None:
    accepting(name)


def test_every_unconfirmed_rate_can_be_accepted() -> None:
    pack = load_pack(BASE)
    rates = {row.row: row.origin.standing for layer in pack.rates.layers for _, row in layer}
    caps = {row.row: row.origin.standing for layer in pack.caps.layers for _, row in layer}
    names = [name for name, standing in {**rates, **caps}.items() if standing is Standing.UNCONFIRMED]
    assert names
    assert not any("未確認" in line for line in survey(accepting(*names)).standings)


@pytest.mark.parametrize(
    ("names", "more", "word"),
    [
        (["class1/9-9/1"], {}, "ない行"),
        (["moon"], {}, "moon"),
        (["ages", "ages"], {}, "二度"),
        (["ages"], {"on": "きのう"}, "日付"),
        (["ages"], {"by": ""}, "by"),
        (["ages"], {"colour": "red"}, "知らない項目"),
    ],
)
def test_faulty_acceptances_are_refused(names: list[str], more: dict[str, Any], word: str) -> None:
    with pytest.raises(PackError, match=word):
        accepting(*names, **more)


def test_a_base_pack_accepts_nothing() -> None:
    raw = {**copy.deepcopy(RAW), "accepted": [{"row": "ages", "reason": "x", "by": "x", "on": "2025-05-01"}]}
    with pytest.raises(PackError, match="重ね定義"):
        build_pack(BASE, {BASE: raw})
