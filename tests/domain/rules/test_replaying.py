"""Replay: silence where nothing changed, every yen where something did, and no silent computing with another pack."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from domain.rules import Pack, PackError, assess, digest_of, pay
from domain.rules.commands.running import BAD_INPUT, DIFFERENT, DONE, run
from domain.rules.replaying import Outcome, PackFinder, replay
from tests.domain.rules.building import expense, family, pupil


def holder(pack: Pack) -> PackFinder:
    def find(name: str, overlays: Sequence[str], digest: str) -> Pack | None:
        return pack if (name, tuple(overlays)) == (pack.name, pack.overlays) else None

    return find


@pytest.fixture
def receipts(sample: Pack) -> list[dict[str, Any]]:
    """One of a household, one of a pupil; as they come back from storage."""
    made = [
        assess(sample, family([40, 38, 9], 3_600_000)).receipt(),
        pay(sample, pupil(expense("school_supplies", 9_000), expense("commuting_self", 1_001))).receipt(),
    ]
    return [json.loads(json.dumps(each)) for each in made]


def resealed(receipt: dict[str, Any]) -> dict[str, Any]:
    """The receipt with the digest of what it says now: as if an engine of that day had computed it so."""
    body = {name: value for name, value in receipt.items() if name != "digest"}
    return {**body, "digest": digest_of(body)}


def test_nothing_is_said_where_nothing_changed(sample: Pack, receipts: list[dict[str, Any]]) -> None:
    for receipt in receipts:
        found = replay(receipt, holder(sample))
        assert (found.outcome, found.differences, found.message) == (Outcome.SAME, (), "")


def test_a_figure_of_another_engine_is_found_to_the_yen(sample: Pack, receipts: list[dict[str, Any]]) -> None:
    receipt = copy.deepcopy(receipts[1])
    receipt["result"]["paid"] += 7
    found = replay(resealed(receipt), holder(sample))
    assert found.outcome is Outcome.DIFFERENT
    assert [(each.where, each.yen) for each in found.differences] == [("result.paid", -7)]


def test_a_step_of_another_engine_is_found(sample: Pack, receipts: list[dict[str, Any]]) -> None:
    receipt = copy.deepcopy(receipts[0])
    number = next(number for number, step in enumerate(receipt["steps"], 1) if step["component"] == "class1")
    receipt["steps"][number - 1]["value"] += 120
    found = replay(resealed(receipt), holder(sample))
    assert [(each.where, each.yen) for each in found.differences] == [(f"steps[{number}].value", -120)]


def test_a_receipt_written_over_is_found_even_where_the_figures_agree(
    sample: Pack, receipts: list[dict[str, Any]]
) -> None:
    receipt = copy.deepcopy(receipts[0])
    receipt["pack"]["title"] = "別の名前"
    found = replay(receipt, holder(sample))
    assert (found.outcome, found.differences) == (Outcome.BROKEN, ())


def test_facts_written_over_are_found(sample: Pack, receipts: list[dict[str, Any]]) -> None:
    receipt = copy.deepcopy(receipts[0])
    receipt["case"]["members"][0]["total_income"] += 100_000
    found = replay(receipt, holder(sample))
    assert found.outcome is Outcome.BROKEN
    assert any(each.where == "result.income" and each.yen == 100_000 for each in found.differences)


def test_another_pack_of_the_same_name_is_not_used(sample: Pack, receipts: list[dict[str, Any]]) -> None:
    other = replace(sample, digest="sha256:other")
    found = replay(receipts[0], holder(other))
    assert (found.outcome, found.differences) == (Outcome.PACK_CHANGED, ())
    assert "sha256:other" in found.message


def test_a_pack_that_is_gone_or_faulty_is_said(receipts: list[dict[str, Any]]) -> None:
    def faulty(*_: object) -> Pack | None:
        raise PackError("X", ["欠けています"])

    assert replay(receipts[0], lambda *_: None).outcome is Outcome.PACK_CHANGED
    assert replay(receipts[0], faulty).outcome is Outcome.PACK_CHANGED


def test_facts_that_were_refused_must_still_be_refused(sample: Pack, receipts: list[dict[str, Any]]) -> None:
    right = receipts[1]
    wrong = copy.deepcopy(right["case"])
    wrong["expenses"][0]["item"] = "no-such-item"
    for case, outcome in ((wrong, Outcome.SAME), (right["case"], Outcome.DIFFERENT)):
        receipt = resealed({"kind": "refused", "pack": right["pack"], "case": case, "error": "だめ", "steps": []})
        assert replay(receipt, holder(sample)).outcome is outcome


def test_facts_that_are_refused_today_are_a_difference(sample: Pack, receipts: list[dict[str, Any]]) -> None:
    receipt = copy.deepcopy(receipts[0])
    receipt["case"]["living_cost_grade"] = "9-9"
    found = replay(resealed(receipt), holder(sample))
    assert found.outcome is Outcome.DIFFERENT
    assert "級地" in found.message


@pytest.mark.parametrize("receipt", [None, [], {}, {"pack": 1}, {"pack": {"name": "x", "overlays": "y"}, "case": {}}])
def test_what_is_no_receipt_is_said(sample: Pack, receipt: object) -> None:
    assert replay(receipt, holder(sample)).outcome is Outcome.UNREADABLE


def test_the_command_is_silent_or_says_the_line(receipts: list[dict[str, Any]]) -> None:
    lines = [json.dumps(each) for each in receipts]
    code, answer = run(["replay"], "\n".join(lines))
    assert code == DONE
    assert json.loads(answer) == {
        "checked": 2,
        "same": 2,
        "different": 0,
        "pack_changed": 0,
        "broken": 0,
        "findings": [],
    }
    receipts[1]["result"]["paid"] += 1
    code, answer = run(["replay"], "\n".join([lines[0], json.dumps(resealed(receipts[1]))]))
    assert code == DIFFERENT
    (finding,) = json.loads(answer)["findings"]
    assert (finding["line"], finding["differences"][0]["yen"]) == (2, -1)


@pytest.mark.parametrize("text", ["{", "[]", '{"pack": 1.5}', '{"kind": "assessment"}'])
def test_the_command_refuses_what_is_no_receipt(text: str) -> None:
    code, answer = run(["replay"], text)
    assert code == BAD_INPUT
    assert "1行目" in answer
