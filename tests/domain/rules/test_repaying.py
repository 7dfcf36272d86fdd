"""支給の再計算: the same pack gives what was paid; another one gives the yen of difference, caps carried along."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.rules import CarriedAmount, Pack, load_pack, pay
from domain.rules.impact import repay
from tests.domain.rules.building import expense, pupil

PACK = load_pack("R07-former-standard", ("sample-operator",))
ITEM = "school_supplies"


def stored(pack: Pack, *amounts: int) -> list[dict[str, Any]]:
    """Receipts of one round for each amount, the cap used up from one to the next."""
    receipts, used = [], (0, 0)
    for month, amount in enumerate(amounts, start=5):
        carried = (CarriedAmount(ITEM, *used),) if any(used) else ()
        result = pay(pack, pupil(expense(ITEM, amount, date(2025, month, 10)), carried=carried))
        for group in result.groups:
            used = (used[0] + group.eligible, used[1] + group.paid)
        receipts.append(json.loads(json.dumps(result.receipt())))
    return receipts


def halved(pack: Pack) -> Pack:
    """The pack with half the cap of the item for the pupil of the tests."""
    rule = pack.caps

    class Halves:
        def find(self, asked: Any) -> Any:
            found = rule.find(asked)
            if found is None or found.annual is None or asked.item != ITEM:
                return found
            return replace(found, annual=found.annual // 2)

    return replace(pack, caps=Halves(), digest="sha256:halved")  # type: ignore[arg-type]


@given(st.lists(st.integers(1, 30_000), min_size=1, max_size=5))
def test_the_same_pack_gives_what_was_paid(amounts: list[int]) -> None:
    found = list(repay(PACK, stored(PACK, *amounts)))
    assert [each.moves for each in found] == [()] * len(amounts)
    assert all(each.paid_before == each.paid_after for each in found)


@given(st.lists(st.integers(1, 30_000), min_size=1, max_size=5))
def test_another_pack_gives_what_it_would_have_paid_all_along(amounts: list[int]) -> None:
    other = halved(PACK)
    found = list(repay(other, stored(PACK, *amounts)))
    there = stored(other, *amounts)
    assert [each.paid_after for each in found] == [receipt["result"]["paid"] for receipt in there]
    for each in found:
        assert sum(move.after - move.before for move in each.moves) == each.paid_after - each.paid_before


def test_what_cannot_be_paid_any_more_is_counted() -> None:
    bare = replace(PACK, items={code: item for code, item in PACK.items.items() if code != ITEM})
    (found,) = repay(bare, stored(PACK, 3_000))
    assert (found.stopped, found.paid_after) == (1, 0)
    assert [move.after for move in found.moves] == [0]
