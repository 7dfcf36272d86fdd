"""Ledgers are a list: a prefecture's own third one is paid, summed, shown and printed like the others."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from domain.payments import services
from domain.payments.ledgers import added, ledgers_of
from domain.payments.models import PaymentLine, PaymentRound, PupilPayment
from domain.payments.rounds import opening
from tests.domain.payments.support import approved, calculated, day, opened, payment_of, pupil, released, spend
from tests.domain.statements.people import browser_of
from tests.support import records

THREE = ("sample-operator", "sample-rules")


@pytest.fixture
def round_(in_a: Any, heard: list[Any]) -> PaymentRound:
    who = pupil(2, where=records.school("S01"))
    spend(who, "excursion_self", 2_001, day(6))
    spend(who, "school_lunch", 4_000, day(6))
    return released(approved(calculated(opened(overlays=THREE))))


def test_a_third_ledger_is_paid_and_adds_up(round_: PaymentRound) -> None:
    payment = PupilPayment.objects.get()
    assert payment.ledgers == {"statutory": 2_000, "subsidy": 1_000, "prefectural": 1_001}
    assert payment.total == sum(payment.ledgers.values()) == round_.confirmed_total
    assert added(PaymentLine.objects.values_list("ledgers", flat=True)) == payment.ledgers
    assert services.totals_of(round_).ledgers == payment.ledgers
    assert [(each.name, each.reported) for each in ledgers_of(round_)] == [
        ("statutory", True),
        ("subsidy", True),
        ("prefectural", False),
    ]


def test_the_pages_have_a_column_for_it(round_: PaymentRound) -> None:
    browser = browser_of(Role.BOARD_OFFICER)
    payment = PupilPayment.objects.get()
    page = browser.get(f"/payments/rounds/{round_.pk}/").content.decode()
    assert "都道府県単独" in page
    assert "実績報告の対象外" in page
    assert "1,001" in page
    pupils = browser.get(f"/payments/rounds/{round_.pk}/pupils/?sort=-ledgers__prefectural").content.decode()
    assert "都道府県単独" in pupils
    assert "1,001" in pupils
    one = browser.get(f"/payments/pupils/{payment.pk}/").content.decode()
    assert "負担金 2,000円、補助金 1,000円、都道府県単独 1,001円" in one
    assert "都道府県単独 2分の1" in one


def test_a_round_keeps_the_ledgers_it_was_opened_with(round_: PaymentRound, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_round: PaymentRound) -> None:
        raise AssertionError("the pack is not asked")

    monkeypatch.setattr(opening, "pack_of", gone)
    assert [each.title for each in ledgers_of(round_)] == ["負担金", "補助金", "都道府県単独"]


def test_rounds_with_other_ledgers_stand_side_by_side(round_: PaymentRound) -> None:
    who = payment_of(round_, PupilPayment.objects.get().pupil).pupil
    spend(who, "school_lunch", 1_000, day(9))
    second = calculated(opened(2, (8, 11)))
    assert payment_of(second, who).ledgers == {"statutory": 500, "subsidy": 0}
    assert [each.name for each in ledgers_of(second, round_)] == ["statutory", "subsidy", "prefectural"]
