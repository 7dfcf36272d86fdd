"""explain_payment(): every yen that is paid stands on a line, for a clerk and for a guardian; nothing else is added up."""

from __future__ import annotations

import copy
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules import (
    Attendance,
    CarJourney,
    CarriedAmount,
    Category,
    Component,
    Decline,
    Department,
    ExpenseLine,
    Pack,
    PaidOnce,
    SettledMonth,
    Standing,
    Unpaid,
    digest_of,
    explain_payment,
    is_intact,
    pay,
    payment_case_to_json,
    with_settlement,
)
from domain.rules.commands.running import BAD_INPUT, DONE, run
from domain.rules.replaying import Outcome, replay
from tests.domain.rules.building import expense, pupil, status
from tests.domain.rules.rules_of_payment import RULES
from tests.domain.rules.schema import faults
from tests.domain.rules.test_payment_paths import PACKS, cases

DOCS = Path(__file__).parents[3] / "docs"
SCHEMA = json.loads((DOCS / "payment-receipt.schema.json").read_text(encoding="utf-8"))
EXPLAINED = json.loads((DOCS / "explanation.schema.json").read_text(encoding="utf-8"))
YEN = {
    "paid": re.compile(r"、([\d,]+)円です。"),
    "more": re.compile(r"、([\d,]+)円を加えて"),
    "less": re.compile(r"、([\d,]+)円を差し引き"),
}


def settled(yen: int, other: int = 0, **more: Any) -> SettledMonth:
    return SettledMonth(
        **{
            "item": "school_lunch",
            "title": "学校給食費",
            "month": date(2025, 4, 1),
            "spent": 0,
            "ledgers": {"statutory": yen, "subsidy": other},
            "cause": "支弁区分・就学状況の変更",
            "standing": Standing.STATUTE,
            **more,
        }
    )


def yen(text: str, kind: str) -> int:
    return sum(int(each.replace(",", "")) for each in YEN[kind].findall(text))


@given(
    cases(),
    st.sampled_from(range(len(PACKS))),
    st.lists(st.builds(settled, st.integers(0, 900), st.integers(-900, 900)), max_size=3),
)
def test_what_is_told_adds_up_to_what_is_paid(case: Any, pack: int, lines: list[SettledMonth]) -> None:
    result = pay(PACKS[pack], case)
    receipt: Any = with_settlement(result.receipt(), lines) if lines else result.receipt()
    assert is_intact(receipt)
    assert list(faults(SCHEMA, receipt, SCHEMA)) == []
    found = explain_payment(receipt)
    total = result.paid + sum(sum(each.ledgers.values()) for each in lines)
    told = [line for part in found.parts for line in part.lines]
    paying = [line for line in told if line.paid is not None]
    assert found.paid == total == sum(line.paid or 0 for line in paying)
    assert [line.value for line in paying if f"{abs(line.paid or 0):,}円" not in line.value] == []
    by_ledger = next(part for part in found.parts if part.title == "会計区分ごとの支給額").lines
    assert sum(int(line.value.removesuffix("円").replace(",", "")) for line in by_ledger) == total
    plain = "\n".join(found.plain[1:])
    assert yen(plain, "paid") + yen(plain, "more") - yen(plain, "less") == total
    assert found.plain[0] == f"今回の就学奨励費の支給額は、{total:,}円です。"
    rows = [row for step in receipt["steps"] for row in step["rows"]]
    assert len([line for line in told if line.title.startswith("根拠")]) == len(rows)
    if total >= 0:
        assert list(faults(EXPLAINED, found.to_json(), EXPLAINED)) == []


def told(pack: Pack, case: Any, **names: str) -> tuple[str, str]:
    found = explain_payment(pay(pack, case).receipt(), names)
    return found.clerk_text(), found.guardian_text()


def test_months_and_a_change_of_status_are_told_apart(sample: Pack) -> None:
    rows = (status(Category.II, ends_on=date(2025, 6, 15)), status(Category.I, starts_on=date(2025, 6, 16)))
    lines = (
        expense("school_lunch", 1_001, date(2025, 6, 5), "a"),
        expense("school_lunch", 2_000, date(2025, 6, 20), "b"),
        expense("school_lunch", 300, date(2025, 7, 1), "c"),
    )
    clerk, guardian = told(sample, pupil(*lines, statuses=rows), a="E-1")
    for words in (
        "2025年4月1日から2025年6月15日まで　区分Ⅱ",
        "■ 学校給食費　2,800円",
        "2025年6月　小学部2年・区分Ⅱ　500円",
        "2025年6月　小学部2年・区分Ⅰ　2,000円",
        "2025年7月　小学部2年・区分Ⅰ　300円",
        "E-1 2025年6月5日 1,001円",
        "確からしさ",
        "サンプルの定義",
    ):
        assert words in clerk, words
    assert "2025年6月の学校給食費は、使った額1,001円の2分の1（1円未満切捨て）で、500円です。" in guardian
    assert "2025年6月の学校給食費は、使った額2,000円の全額で、2,000円です。" in guardian
    assert "school_lunch" not in clerk + guardian
    assert "statutory" not in clerk + guardian


def test_a_cap_and_what_it_had_been_used_for_are_told(sample: Pack) -> None:
    case = pupil(expense("school_supplies", 9_000), carried=(CarriedAmount("school_supplies", 4_000, 2_000),))
    clerk, guardian = told(sample, case)
    assert "これまでの支給　学用品・通学用品購入費　2,000円" in clerk
    assert "限度額 年10,000円（使用額に対して、これまでに 4,000円、残り 6,000円）。対象額 6,000円" in clerk
    assert "1年の限度額10,000円からこれまでの4,000円を引いた6,000円が対象で、その2分の1で、3,000円です" in guardian


def test_a_cap_that_is_used_up_is_told_with_its_amount(sample: Pack) -> None:
    case = pupil(expense("school_supplies", 9_000), carried=(CarriedAmount("school_supplies", 10_000, 5_000),))
    assert "支給はありません（1年の限度額10,000円に達している）" in told(sample, case)[1]


def test_the_ledgers_are_told_with_their_sums(sample: Pack) -> None:
    clerk, _ = told(sample, pupil(expense("commuting_self", 1_001), expense("school_lunch", 400)))
    assert "■ 会計区分ごとの支給額\n  負担金　700円\n  補助金　501円" in clerk


def test_what_waits_is_told_with_its_reason_and_not_added(base: Pack) -> None:
    clerk, guardian = told(base, pupil(expense("school_lunch", 100), expense("homecoming_self", 70, key="k")), k="証9")
    assert "■ 計算できず、支給していない使用経費" in clerk
    assert "使用経費「証9」の回数がありません" in clerk
    assert "支給額は50円です。計算できない使用経費が1件あり" in clerk
    assert "2025年6月の帰省費(本人)は、学校または教育委員会が確かめているため、今回の額に入っていません" in guardian


def test_what_pays_nothing_is_told_with_its_reason(sample: Pack) -> None:
    _, guardian = told(sample, pupil(expense("textbooks", 3_000)))
    assert "使った額3,000円に対して、支給はありません（支給対象外）" in guardian


def test_an_unconfirmed_row_marks_the_explanation(sample: Pack) -> None:
    receipt: Any = copy.deepcopy(pay(sample, pupil(expense("school_lunch", 100))).receipt())
    assert "未確認" not in explain_payment(receipt).clerk_text()
    receipt["steps"][0]["rows"][0]["standing"] = "unconfirmed"
    assert "未確認の定義を使った計算です" in explain_payment(receipt).guardian_text()
    assert "確からしさ 未確認" in explain_payment(receipt).clerk_text()
    unsure = with_settlement(pay(sample, pupil()).receipt(), [settled(5, standing=Standing.UNCONFIRMED)])
    assert "【未確認】" in explain_payment(unsure).clerk_text()


def test_arrears_and_returns_are_told_with_their_cause(sample: Pack) -> None:
    receipt = with_settlement(
        pay(sample, pupil(expense("school_lunch", 4_000))).receipt(),
        [settled(500), settled(-200, month=date(2025, 5, 1)), settled(70, -70, month=date(2025, 6, 1))],
    )
    found = explain_payment(receipt)
    clerk, guardian = found.clerk_text(), found.guardian_text()
    assert "支給額は2,300円です（使用経費の分 2,000円、追給・戻入 ＋300円）。" in clerk
    assert "追給　2025年4月　学校給食費　＋500円\n      支弁区分・就学状況の変更。負担金 ＋500円" in clerk
    assert "戻入　2025年5月　学校給食費　－200円" in clerk
    assert "会計区分の変更　2025年6月　学校給食費　0円" in clerk
    assert "負担金　2,370円\n      使用経費の分 2,000円、追給・戻入 ＋370円" in clerk
    assert "前に支給した2025年4月の学校給食費に、500円を加えて支給します（支弁区分・就学状況の変更）" in guardian
    assert "前に支給した2025年5月の学校給食費から、200円を差し引きます" in guardian
    assert "額は変わらず" in guardian
    assert "差だけの支給です" not in guardian
    alone = with_settlement(pay(sample, pupil()).receipt(), [settled(500)])
    assert "前に支給した額と正しい額との差だけの支給です。" in explain_payment(alone).guardian_text()


def test_an_own_car_is_told_by_its_distance() -> None:
    line = ExpenseLine("k7", "commuting_self", date(2025, 6, 10), 0, car=CarJourney(5_200, 20, 2))
    clerk, guardian = told(RULES, pupil(line), k7="証7")
    assert "自家用車 5200m×20日×2回×" in clerk
    assert "証7 2025年6月10日 自家用車" in clerk
    assert "自家用車は距離から計算した額" in guardian
    assert "k7" not in clerk + guardian


def test_refused_facts_are_told(sample: Pack) -> None:
    case = payment_case_to_json(pupil(expense("school_lunch", 1)))
    receipt: Any = {"kind": "refused", "pack": {"name": "X", "digest": "d"}, "case": case, "error": "だめです。"}
    told_ = run(["explain"], json.dumps({**receipt, "digest": digest_of(receipt)}))
    assert (told_[0], "支給額を計算できません。だめです。" in told_[1]) == (DONE, True)
    assert "まだ計算できていません" in explain_payment(receipt).guardian_text()


# --- the command ------------------------------------------------------------------------------------------------------


def _receipt() -> str:
    case = pupil(expense("school_lunch", 5_000), expense("commuting_self", 1_001))
    asked = {"pack": "R07-former-standard", "overlays": ["sample-operator"], **payment_case_to_json(case)}
    return run(["receipt", "pay"], json.dumps(asked))[1]


def test_the_command_explains_a_receipt_of_a_payment_in_each_form() -> None:
    receipt = _receipt()
    assert run(["explain"], receipt) == run(["explain", "--format=clerk"], receipt)
    assert "支給額は3,501円です。" in run(["explain"], receipt)[1]
    code, text = run(["explain", "--format=guardian"], receipt)
    assert (code, text.startswith("今回の就学奨励費の支給額は、3,501円です。")) == (DONE, True)
    found = json.loads(run(["explain", "--format=json"], receipt)[1])
    assert list(faults(EXPLAINED, found, EXPLAINED)) == []
    paid = [line["paid"] for part in found["parts"] for line in part["lines"] if "paid" in line]
    assert sum(paid) == found["paid"] == json.loads(receipt)["result"]["paid"]


def test_the_answer_of_pay_is_no_receipt_and_a_changed_one_is_refused() -> None:
    asked = json.loads(_receipt())
    code, text = run(["explain"], run(["pay"], json.dumps(asked))[1])
    assert (code, "receipt pay の出力" in text) == (BAD_INPUT, True)
    asked["result"]["paid"] += 1
    code, text = run(["explain"], json.dumps(asked))
    assert (code, "書き換え" in text) == (BAD_INPUT, True)
    body = {name: part for name, part in asked.items() if name not in ("digest", "items")}
    code, text = run(["explain"], json.dumps({**body, "digest": digest_of(body)}))
    assert (code, "形が正しくありません" in text) == (BAD_INPUT, True)


def test_a_receipt_with_a_settlement_is_replayed_and_its_settlement_is_sealed(sample: Pack) -> None:
    receipt: Any = with_settlement(pay(sample, pupil(expense("school_lunch", 100))).receipt(), [settled(500)])
    assert replay(receipt, lambda *_: sample).outcome is Outcome.SAME
    receipt["settlement"][0]["total"] += 1
    assert replay(receipt, lambda *_: sample).outcome is Outcome.BROKEN


# --- the schema -------------------------------------------------------------------------------------------------------


def test_closed_sets_of_the_schema_are_those_of_the_code() -> None:
    defs = SCHEMA["$defs"]
    for named, kind in (
        (defs["standing"], Standing),
        (defs["department"], Department),
        (defs["status"]["properties"]["attendance"], Attendance),
        (defs["status"]["properties"]["decline"], Decline),
        (defs["row"]["properties"]["component"], Component),
        (defs["step"]["properties"]["unpaid"]["anyOf"][0], Unpaid),
    ):
        assert named["enum"] == [each.value for each in kind]


@pytest.mark.parametrize(
    "change",
    [
        lambda receipt: receipt.pop("items"),
        lambda receipt: receipt.update(more=1),
        lambda receipt: receipt.update(kind="assessment"),
        lambda receipt: receipt.update(ledgers=[]),
        lambda receipt: receipt["settlement"][0].pop("cause"),
        lambda receipt: receipt["settlement"][0].update(total="5"),
        lambda receipt: receipt["result"].update(paid=-1),
        lambda receipt: receipt["steps"][0].update(unpaid="because"),
        lambda receipt: receipt["steps"][0]["rate"].update(statutory="0.5"),
        lambda receipt: receipt["steps"][0]["rows"][0].pop("source"),
        lambda receipt: receipt["case"]["expenses"][0].update(amount=1.5),
        lambda receipt: receipt["case"]["statuses"][0].update(category=4),
    ],
)
def test_the_schema_of_payments_finds_what_is_wrong(change: Any, sample: Pack) -> None:
    case = pupil(
        expense("school_lunch", 100), paid_once=(PaidOnce("school_trip", Department.ELEMENTARY, 2024, outside=True),)
    )
    receipt: Any = copy.deepcopy(with_settlement(pay(sample, case).receipt(), [settled(5)]))
    assert list(faults(SCHEMA, receipt, SCHEMA)) == []
    change(receipt)
    assert list(faults(SCHEMA, receipt, SCHEMA)) != []
