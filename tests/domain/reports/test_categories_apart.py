"""世帯の支弁区分 and 児童生徒の支弁区分 are two things: here Ⅰ and, for a child with 措置費, Ⅲ. One test for each place."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from accounts.roles import Role
from domain.households import changing
from domain.households.models import Household, Pupil, StatusPeriod
from domain.payments.calculation import cases
from domain.payments.calculation.facts import Used
from domain.payments.models import PupilPayment
from domain.reports import services
from domain.rules import Category
from domain.statements import services as statements
from domain.statements.models import Statement
from domain.statements.queries.known import KnownCategories
from tests.domain.payments import support as payments
from tests.domain.reports import support
from tests.domain.statements import deciders, people
from tests.support import records
from tests.support.records import YEAR

APRIL = datetime.date(YEAR, 4, 1)


pytestmark = pytest.mark.usefixtures("heard")


@pytest.fixture
def home(in_a: Any) -> Household:
    """Household Ⅰ by its income; its child is Ⅲ by the prefecture's rule for 措置費."""
    made = support.home(records.school("S01"))
    aid = {"attendance": "institution", "institution_aid": True}
    StatusPeriod.objects.filter(pupil__member__household=made).update(**aid)
    return made


@pytest.fixture
def decided(home: Household) -> Statement:
    support.decided(records.school("S01"))
    return Statement.objects.get(household=home)


def child(statement: Statement) -> Pupil:
    return deciders.child_of(statement)


def test_the_decision_keeps_both(decided: Statement) -> None:
    row = decided.determinations.get()
    assert row.household_category == row.computation.category == 1
    assert [(one.category, one.reason) for one in row.pupil_categories.all()] == [(3, "institution")]


def test_the_page_and_the_list_of_statements_have_the_households(decided: Statement) -> None:
    board = people.browser_of(Role.BOARD_OFFICER)
    page = people.text(board.get(f"/statements/{decided.pk}/"))
    assert "支弁区分 Ⅰ" in page
    assert "<dt>世帯の支弁区分</dt><dd>Ⅰ</dd>" in page
    assert "措置費" in page[page.index('id="why"') :]  # the receipt's step on the pupil
    listed = people.text(board.get("/statements/"))
    assert "区分Ⅰ 1、Ⅱ 0、Ⅲ 0" in listed


def test_review_and_decision_count_the_households(home: Household) -> None:
    support.computed()
    statement = Statement.objects.get(household=home)
    statements.forward(statement.school, YEAR, records.staff(Role.PRINCIPAL))
    board = people.browser_of(Role.BOARD_OFFICER)
    assert "なし → Ⅰ" in people.text(board.get("/statements/review/"))
    statements.propose([statement.pk], records.staff(Role.BOARD_OFFICER), "決裁1", APRIL)
    page = people.text(people.browser_of(Role.APPROVER).get("/statements/review/decide/"))
    counts = page[page.index("<tbody>") : page.index("</tbody>")].split('<td class="number">')[1:]
    assert [int(cell.split("<")[0]) for cell in counts] == [1, 0, 0, 0, 1]


def test_the_sheet_for_audit_prints_the_households(decided: Statement) -> None:
    support.done(services.start_statements(YEAR, "S01"))
    (page, *_) = support.pages(support.outputs("statement")[0])
    assert "世帯の支弁区分第Ⅰ区分" in page


def test_the_notice_prints_both_and_says_why(decided: Statement) -> None:
    support.done(services.start_notices(YEAR, "S01"))
    (page,) = support.pages(support.outputs("notice")[0])
    assert "世帯の支弁区分第Ⅰ区分" in page
    assert "小学部3年第Ⅲ区分措置費受給(施設生)による" in page


def test_the_calculation_for_the_guardian_prints_both(decided: Statement) -> None:
    support.done(services.start_calculation(decided.pk))
    page = "".join(support.pages(support.outputs("calc")[0]))
    assert "世帯の支弁区分第Ⅰ区分" in page
    assert "小学部3年第Ⅲ区分措置費受給(施設生)による" in page
    assert "施設で措置費を受けているお子さまの区分は、別に定められています" in page


def test_status_rows_and_the_page_of_the_household_have_the_pupils(decided: Statement) -> None:
    assert deciders.rows_of(decided) == [(APRIL, 3)]
    page = people.text(people.clerk_of().get(f"/households/{decided.household_id}/"))
    assert "児童生徒の支弁区分" in page
    assert "<td>Ⅲ</td>" in page
    assert "<td>Ⅰ</td>" not in page
    page = people.text(people.clerk_of().get(f"/households/pupils/{child(decided).pk}/status/"))
    assert "児童生徒の支弁区分 Ⅲ" in page


def test_what_was_known_is_the_pupils(decided: Statement) -> None:
    who = child(decided).pk
    known = KnownCategories.of([who]).valid_on(who, datetime.date(YEAR, 6, 1))
    assert known is not None
    assert known.category == 3


def test_the_case_that_payments_compute_has_the_pupils(decided: Statement) -> None:
    who = child(decided)
    round_ = payments.opened()
    case = cases.payment_case(who, round_, list(who.periods.all()), [], Used())
    assert [status.category for status in case.statuses] == [Category.III]


def test_payment_slip_and_ledger_have_the_pupils(decided: Statement) -> None:
    who = child(decided)
    payments.spend(who, "commuting_self", 1_001, payments.day(6))
    round_ = support.released_round()
    payment = PupilPayment.objects.get()
    assert {status["category"] for status in payment.receipt["case"]["statuses"]} == {3}
    support.done(services.start_slips(round_.pk, "S01"))
    (slip,) = support.pages(support.outputs("slip")[0])
    assert "支弁区分第Ⅲ区分（支給日現在）" in slip
    assert "世帯の支弁区分" not in slip
    support.done(services.start_ledgers(YEAR, "S01"))
    ledger = "".join(support.pages(support.outputs("ledger")[0]))
    assert "Ⅲ" in ledger
    assert "Ⅰ" not in ledger


def test_a_provisional_category_of_the_household_leaves_the_pupils_own(in_a: Any) -> None:
    statement = people.lacking()
    StatusPeriod.objects.filter(pupil__member__household=statement.household).update(
        attendance="institution", institution_aid=True
    )
    deciders.provisionally(statement)
    row = statement.determinations.get()
    assert [one.reason for one in row.pupil_categories.all()] == ["institution"]


def test_a_redetermination_after_the_aid_ended_gives_the_pupil_the_households(decided: Statement) -> None:
    """措置費 ended in October: by a 再判定 from that day the child takes the household's category."""
    who = child(decided)
    facts = {name: getattr(who.periods.get(), name) for name in changing.FACTS}
    changed = facts | {"attendance": "commuter", "institution_aid": False}
    changing.change_status(who, deciders.OCTOBER, changed, "退所")
    again = deciders.reopened(decided, reason="other", income_basis="confirmed")
    deciders.forward_propose_approve(people.compute(again))
    assert [one.category for one in again.determinations.get().pupil_categories.all()] == [1]
    assert deciders.rows_of(decided) == [(APRIL, 3), (deciders.OCTOBER, 1)]
