"""支給明細書 and 個人別支給台帳: the amounts, the pupil's category on the day, caps, accounts, protected households."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest

from domain import reports
from domain.households.models import StatusPeriod
from domain.payments.models import PupilPayment
from domain.reports import services
from domain.reports.errors import NotReleased
from tests.domain.payments import support as payments
from tests.domain.reports import support
from tests.support import records
from tests.support.records import YEAR
from web.text import is_number_like


@pytest.fixture
def school(in_a: Any) -> Any:
    return records.school("S01")


def slips_of(round_: Any) -> list[str]:
    support.done(services.start_slips(round_.pk, "S01"))
    return [page for output in support.outputs("slip") for page in support.pages(output)]


def ledgers_of() -> list[str]:
    support.done(services.start_ledgers(YEAR, "S01"))
    return [page for output in support.outputs("ledger") for page in support.pages(output)]


def test_a_slip_says_what_is_paid_and_why(school: Any) -> None:
    who = support.paid_pupil(school)
    round_ = support.released_round()
    payment = PupilPayment.objects.get()
    (page,) = slips_of(round_)
    lunch, fare = payment.lines.get(item="school_lunch"), payment.lines.get(item="commuting_self")
    assert fare.ledgers == {"statutory": 500, "subsidy": 501}
    for text in (
        "支給明細書",
        "令和7年度第1期",
        "令和7年8月25日",
        f"今回の支給額{payment.total:,}円",
        f"学校給食費負担金5,000{lunch.ledgers['statutory']:,}使用額の2分の1",
        "通学費(本人)負担金1,001500使用額の2分の1",
        "通学費(本人)補助金–501使用額の2分の1",
        "第Ⅱ区分（支給日現在）",
        "小学部3年",
        "サンプル支援学校S01長",
        "サンプル",
        who.student_number,
    ):
        assert text in page, text


def test_a_slip_shows_the_category_of_the_payment_day_and_earlier_payments(school: Any) -> None:
    who = support.paid_pupil(school, category=1)
    support.released_round()
    payments.spend(who, "school_lunch", 2_000, payments.day(9))
    payments.changed(who, payments.day(12, 1), category=3, grade=3)
    second = payments.released(payments.approved(payments.calculated(payments.opened(2, payments.SECOND))))
    first = PupilPayment.objects.get(round__number=1)
    (page,) = slips_of(second)
    assert "第Ⅲ区分（支給日現在）" in page
    assert f"この年度に支給した額{first.total:,}" in page


def test_an_account_is_masked_and_a_protected_one_has_no_bank(school: Any) -> None:
    home = records.household(account_number="1234567", bank_name="ミホンギンコウ")
    support.paid_pupil(school, at=payments.child(home))
    hidden = records.household(
        account_number="7654321", bank_name="カクレギンコウ", address_hidden=True, address="隠町"
    )
    support.paid_pupil(school, at=payments.child(hidden))
    none = records.household(account_number="")
    support.paid_pupil(school, at=payments.child(none))
    texts = "".join(slips_of(support.released_round()))
    assert "ミホンギンコウホンテン普通****567" in texts
    assert "登録の口座****321" in texts
    assert "口座振込ではお支払いできません" in texts
    assert not any(secret in texts for secret in ("1234567", "7654321", "カクレ", "隠町"))


def test_slips_wait_for_the_release(school: Any) -> None:
    support.paid_pupil(school)
    round_ = payments.approved(payments.calculated(payments.opened()))
    with pytest.raises(NotReleased, match="支給を確定してから"):
        services.start_slips(round_.pk, "S01")
    with pytest.raises(NotReleased):
        services.start_bank_file(round_.pk)


def test_a_ledger_lays_the_year_out_by_item_and_month(school: Any) -> None:
    who = support.paid_pupil(school)
    payments.changed(who, payments.day(10, 1), category=1, institution_aid=True)
    support.released_round()
    payments.spend(who, "school_lunch", 4_000, payments.day(11))
    payments.released(payments.approved(payments.calculated(payments.opened(2, payments.SECOND))))
    (page,) = ledgers_of()
    total = sum(payment.total for payment in PupilPayment.objects.all())
    for text in (
        "令和7年度個人別支給台帳",
        "見本花子",
        "平成28年5月5日",
        f"支給累計{total:,}円",
        "使用額計10,001円",
        "令和7年4月1日サンプル支援学校S01小学部3年通学生第Ⅱ区分",
        "令和7年10月1日サンプル支援学校S01小学部3年通学生・措置費第Ⅰ区分",
        "学校給食費",
        "5,0002,50002,500",
        "9,000",
        "6,500",
    ):
        assert text in page, text
    assert "修学旅行費" not in page


def test_a_ledger_names_the_cap_and_what_is_held(school: Any) -> None:
    who = support.paid_pupil(school, category=1)
    payments.spend(who, "school_supplies", 90_000, payments.day(5))
    round_ = support.released_round()
    (page,) = ledgers_of()
    line = PupilPayment.objects.get().lines.get(item="school_supplies")
    assert line.eligible < line.spent
    assert f"限度年{line.eligible:,}円" in page
    (slip,) = slips_of(round_)
    assert f"対象額{line.eligible:,}円の全額（限度額年{line.eligible:,}円）" in slip


def test_the_order_is_that_of_the_class(school: Any) -> None:
    for department, grade, room in (("junior_high", 1, "1"), ("elementary", 5, "2"), ("elementary", 5, "1")):
        status = {"department": department, "grade": grade, "class_name": room}
        support.paid_pupil(school, status=status)
    found = [page for page in slips_of(support.released_round()) if "明細書" in page]
    places = [next(word for word in ("小学部5年1組", "小学部5年2組", "中学部1年1組") if word in page) for page in found]
    assert places == ["小学部5年1組", "小学部5年2組", "中学部1年1組"]


def test_no_number_ever_reaches_a_file(school: Any) -> None:
    support.paid_pupil(school)
    round_ = support.released_round()
    text = "".join([*slips_of(round_), *ledgers_of()])
    atena = list(PupilPayment.objects.values_list("pupil__member__atena_number", flat=True))
    assert not any(number in text for number in atena)
    assert not any(is_number_like(found) for found in re.findall(r"\d{12}", text))


def test_the_room_of_forms_cannot_open_the_vault() -> None:
    sources = [path.read_text() for path in Path(reports.__file__).parent.rglob("*.py")]
    assert len(sources) > 20
    assert not any("domain.vault" in source or "reveal" in source for source in sources)


def test_another_round_of_the_year_makes_a_new_ledger(school: Any) -> None:
    who = support.paid_pupil(school)
    support.released_round()
    first = support.done(services.start_ledgers(YEAR, "S01"))
    assert services.start_ledgers(YEAR, "S01") == first
    payments.spend(who, "school_lunch", 100, datetime.date(YEAR, 9, 1))
    payments.approved(payments.calculated(payments.opened(2, payments.SECOND)))
    second = support.done(services.start_ledgers(YEAR, "S01"))
    assert second != first
    assert len(support.outputs("ledger")) == 2


def test_a_third_ledger_is_printed_on_slip_and_ledger(school: Any) -> None:
    who = payments.pupil(2, where=school)
    payments.spend(who, "excursion_self", 2_001, payments.day(6))
    round_ = payments.opened(overlays=("sample-operator", "sample-rules"))
    round_ = payments.released(payments.approved(payments.calculated(round_)))
    (slip,) = slips_of(round_)
    assert "都道府県単独–1,001" in slip
    (ledger,) = ledgers_of()
    assert "都道府県単独計1,001" in ledger
    assert "補助金計1,000" in ledger


def test_arrears_are_printed_in_the_month_they_are_for(school: Any) -> None:
    who = payments.pupil(3, where=school)
    payments.spend(who, "school_lunch", 4_000, payments.day(6))
    payments.released(payments.approved(payments.calculated(payments.opened())))
    StatusPeriod.objects.filter(pupil=who).update(category=1)
    second = payments.released(payments.approved(payments.calculated(payments.opened(2, payments.SECOND))))
    (slip,) = slips_of(second)
    assert "学校給食費負担金–4,0006月分の追給" in slip
    (ledger,) = ledgers_of()
    assert "負担金計4,000" in ledger
