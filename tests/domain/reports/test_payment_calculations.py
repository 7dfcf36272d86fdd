"""支給額の計算書: from the stored receipt, for one pupil on demand; every yen on the page adds up to what is paid."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.roles import Role
from audit.trail.vocabulary import Event
from domain.payments.ledgers import RoundLedger
from domain.payments.models import Expense, PaymentRound, PupilPayment
from domain.reports import services
from domain.reports.errors import NotReleased
from domain.reports.gathering import payment_calculations
from domain.reports.models import OutputFile
from domain.reports.targets import Target
from domain.rules import pay, with_settlement
from domain.rules.payment.trace import told_by
from tests.domain.payments import support as payments
from tests.domain.payments.test_adjustments import accept, decide
from tests.domain.payments.test_differences_round import differences
from tests.domain.reports import support
from tests.domain.rules.test_payment_explaining import settled
from tests.domain.rules.test_payment_paths import PACKS, cases
from tests.domain.statements.people import browser_of, clerk_of, text
from tests.support import records
from tests.support.receipts import resealed


@pytest.fixture
def school(in_a: Any) -> Any:
    return records.school("S01")


def page_of(payment: PupilPayment) -> str:
    support.done(services.start_payment_calculation(payment.pk))
    return "".join(support.pages(support.outputs(OutputFile.Kind.PAYMENT_CALCULATION)[-1]))


def document_of(payment: PupilPayment) -> Any:
    target = Target(payment.round.fiscal_year, payment.pupil.school, payment.round, payment=payment.pk)
    return payment_calculations.gather(target, [payment.pk]).documents[0]


def assert_adds_up(document: Any, payment: PupilPayment) -> None:
    assert sum(row["paid"] for row in document["rows"]) == document["total"] == payment.total
    assert sum(document["ledger_totals"]) == payment.total
    columns = zip(*(row["ledgers"] for row in document["rows"]), strict=True)
    assert [sum(column) for column in columns] == document["ledger_totals"]
    assert all(sum(row["ledgers"]) == row["paid"] for row in document["rows"])


@given(cases(), st.sampled_from(range(len(PACKS))), st.lists(st.builds(settled, st.integers(-900, 900)), max_size=2))
def test_rows_add_up_for_any_payment(case: Any, pack: int, lines: Any) -> None:
    receipt: Any = with_settlement(pay(PACKS[pack], case).receipt(), lines)
    ledgers = [RoundLedger(each.name, each.title, each.reported) for each in PACKS[pack].ledgers]
    rows = payment_calculations.rows_of(receipt, ledgers, {})
    told = told_by(receipt)
    assert [sum(row["ledgers"][place] for row in rows) for place in range(len(ledgers))] == [
        told.get(each.name, 0) for each in ledgers
    ]
    assert sum(row["paid"] for row in rows) == sum(told.values())


def test_it_tells_the_payment_from_its_receipt(school: Any, heard: list[Any]) -> None:
    who = support.paid_pupil(school)
    payments.spend(who, "school_supplies", 90_000, payments.day(5))
    support.released_round()
    payment = PupilPayment.objects.get()
    assert_adds_up(document_of(payment), payment)
    heard.clear()
    page = page_of(payment)
    evidence = Expense.objects.get(item="commuting_self").evidence
    for words in (
        "支給額の計算書",
        "令和7年度",
        "第1期",
        f"今回の支給額{payment.total:,}円",
        "見本花子",
        "第Ⅱ区分（支給日現在）",
        "学校給食費令和7年4月小学部3年・区分Ⅱ",
        "使った額5,000円の2分の1で、2,500円です。",
        "1年の限度額",
        f"{evidence}令和7年6月15日1,001円",
        "負担金",
        "補助金",
        "令2条",
        "資料1",
        "（推計）",
        "【団体登録】",
        "サンプル",
        payment.receipt_digest,
    ):
        assert words in page, words
    [event] = [row for row in heard if row["event"] == Event.PRINT_PAYMENT_MADE]
    assert {"kind": "pupil", "id": str(who.pk)} in event["subjects"]
    assert {"kind": "round", "id": str(payment.round_id)} in event["subjects"]
    assert "見本" not in str(event)
    assert services.start_payment_calculation(payment.pk).state == "succeeded"  # the same content is the same file


def test_arrears_and_returns_stand_on_it_and_add_up(school: Any) -> None:
    who = payments.pupil(1, where=school)
    payments.spend(who, "school_lunch", 4_000, payments.day(6))
    support.released_round()
    decide(who, 2)
    payments.spend(who, "school_lunch", 9_000, payments.day(9))
    second = payments.calculated(payments.opened(2, payments.SECOND))
    accept(second)
    second = payments.released(payments.approved(payments.calculated(second)))
    payment = payments.payment_of(second, who)
    assert payment.total == 2_500
    assert_adds_up(document_of(payment), payment)
    page = page_of(payment)
    assert "令和7年6月分の戻入" in page
    assert "前に支給した額から、2,000円を差し引きます（支弁区分・就学状況の変更）。" in page
    assert "△2,000" in page


def test_a_round_of_differences_alone_says_so_and_adds_up(school: Any) -> None:
    who = payments.pupil(3, where=school)
    payments.spend(who, "school_lunch", 4_000, payments.day(6))
    support.released_round()
    decide(who, 1)
    second = payments.released(payments.approved(payments.calculated(differences())))
    payment = payments.payment_of(second, who)
    document = document_of(payment)
    assert_adds_up(document, payment)
    assert [(row["month"], row["paid"]) for row in document["rows"]] == [("令和7年6月分の追給", 4_000)]
    assert "前に支給した額と正しい額との差だけの支給です。" in page_of(payment)


def test_a_third_ledger_and_a_changed_status_add_up(school: Any) -> None:
    who = payments.pupil(2, where=school)
    payments.changed(who, payments.day(6, 16), category=1)
    for day in (5, 20):
        payments.spend(who, "excursion_self", 2_001, payments.day(6, day))
    round_ = payments.opened(overlays=("sample-operator", "sample-rules"))
    round_ = payments.released(payments.approved(payments.calculated(round_)))
    payment = payments.payment_of(round_, who)
    document = document_of(payment)
    assert len(document["ledgers"]) == 3
    assert len(document["rows"]) == 2
    assert_adds_up(document, payment)
    assert "都道府県単独" in page_of(payment)


def test_what_was_used_before_and_what_waits_are_told(school: Any) -> None:
    who = payments.pupil(1, where=school)
    payments.spend(who, "school_supplies", 4_000, payments.day(5))
    support.released_round()
    payments.spend(who, "school_supplies", 9_000, payments.day(9))
    payments.spend(who, "homecoming_self", 700, payments.day(9))
    second = payments.released(payments.approved(payments.calculated(payments.opened(2, payments.SECOND))))
    payment = payments.payment_of(second, who)
    assert_adds_up(document_of(payment), payment)
    page = page_of(payment)
    assert "1年の限度額10,000円からこれまでの4,000円を引いた6,000円が対象" in page
    assert "これまでの支給学用品・通学用品購入費4,000円" in page
    assert "令和7年9月の帰省費(本人)は、学校または教育委員会が確かめているため、今回の額に入っていません" in page
    assert "の回数がありません" in page
    assert "【未確認】" not in page
    assert "使用経費「" + Expense.objects.get(item="homecoming_self").evidence in page


def test_who_is_paid_nothing_is_told_why(school: Any) -> None:
    who = payments.pupil(1, where=school)
    payments.spend(who, "textbooks", 500, payments.day(5))
    wrong = payments.pupil(2, where=school)
    payments.spend(wrong, "school_lunch", 5_000, purpose="fetching")
    round_ = payments.released(payments.approved(payments.calculated(payments.opened())))
    page = page_of(payments.payment_of(round_, who))
    assert "今回の支給額0円" in page
    assert "使った額500円に対して、支給はありません（支給対象外）" in page
    refused = payments.payment_of(round_, wrong)
    assert refused.receipt["kind"] == "refused"
    assert "今回の支給額は、まだ計算できていません" in page_of(refused)


def test_an_unconfirmed_row_is_marked_and_an_accepted_one_says_by_whom(school: Any, heard: list[Any]) -> None:
    support.paid_pupil(school)
    support.released_round()
    payment = PupilPayment.objects.get()
    payment.receipt["steps"][0]["standing"] = payment.receipt["steps"][0]["rows"][0]["standing"] = "unconfirmed"
    payment.receipt["steps"][1]["rows"][0]["accepted"] = {"by": "見本次郎", "on": "2025-05-01", "reason": "決裁9"}
    payment.receipt = resealed(payment.receipt)
    payment.receipt_digest = payment.receipt["digest"]
    payment.save()
    page = page_of(payment)
    assert "【未確認】計算に用いた定めの一部が確認できていません" in page
    assert page.count("【未確認】") == 2
    accepted = "未確認の行を承認: 見本次郎、2025-05-01、決裁9"
    assert "".join(accepted.split()) in page
    assert accepted in text(browser_of(Role.BOARD_OFFICER).get(f"/payments/pupils/{payment.pk}/"))


def test_nothing_before_the_release(school: Any) -> None:
    support.paid_pupil(school)
    payments.approved(payments.calculated(payments.opened()))
    with pytest.raises(NotReleased, match="支給を確定してから"):
        services.start_payment_calculation(PupilPayment.objects.get().pk)


def test_protected_households_have_no_address_on_it(school: Any) -> None:
    hidden = records.household(
        account_number="7654321", bank_name="カクレギンコウ", address_hidden=True, address="隠町"
    )
    support.paid_pupil(school, at=payments.child(hidden))
    support.released_round()
    page = page_of(PupilPayment.objects.get())
    assert not any(secret in page for secret in ("7654321", "カクレ", "隠町"))


def test_a_correction_of_the_pupils_name_makes_another_file(school: Any) -> None:
    who = support.paid_pupil(school)
    support.released_round()
    payment = PupilPayment.objects.get()
    page_of(payment)
    who.name = "見本 改名"
    who.save()
    assert "見本改名" in page_of(payment)
    assert len(support.outputs(OutputFile.Kind.PAYMENT_CALCULATION)) == 2


def test_asked_for_on_the_page_of_the_payment(school: Any, heard: list[Any]) -> None:
    support.paid_pupil(school)
    round_ = support.released_round()
    payment = PupilPayment.objects.get()
    clerk = clerk_of("S01")
    here = f"/reports/payment-calculation/{payment.pk}/"
    shown = text(clerk.get(f"/payments/pupils/{payment.pk}/"))
    assert "支給額の計算書（保護者用）を作る" in shown
    assert here in shown
    assert "支給額の計算書の作成" in text(clerk.post(here, follow=True))
    assert clerk.get(here).status_code == 405
    text(clerk_of("S02").post(here), 404)
    text(browser_of(Role.MONITOR).post(here), 403)
    PaymentRound.objects.filter(pk=round_.pk).update(state="approved")
    assert "支給額の計算書（保護者用）" not in text(clerk.get(f"/payments/pupils/{payment.pk}/"))
    assert "支給を確定してから" in text(clerk.post(here, follow=True))
