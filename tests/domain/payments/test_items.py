"""経費項目 by the rules that hold: a board's own item has its name in forms, lists, ledgers, PDF and Excel, in its round for ever."""

from __future__ import annotations

import datetime
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from accounts.roles import Role
from domain.impact.workbook import workbook_of
from domain.payments.expenses.checking import ExpenseFacts, faults
from domain.payments.items import items_in, items_of
from domain.payments.models import PaymentRound, PupilPayment
from domain.reports import services as reports
from domain.yearpacks.drafting import approve, propose
from domain.yearpacks.models import InForce, Revision
from tests.domain.impact.support import BASE, PAYMENTS, done, draft, started
from tests.domain.payments import support
from tests.domain.reports import support as printed
from tests.domain.statements.people import Browser, browser_of, queries, text
from tests.support import records
from tests.support.records import YEAR

TITLE, LATER = "通学介護の車代（県単独）", "通学介護の車代（改称）"
ORIGIN = {"source": "own", "standing": "operator"}


def own_item(title: str) -> dict[str, Any]:
    """Content of a revision with an item that no shipped pack has, wholly 補助金 in every 部."""
    item = {"code": "county_ride", "order": 90, "title": title, "unit": "回", "evidence": "乗車の記録"}
    return {
        "items": [item],
        "rates": [{"items": ["county_ride"], "subsidy": ["1", "1", "1"], **ORIGIN}],
        "caps": [{"items": ["county_ride"], "no_cap": True, **ORIGIN}],
    }


def in_force(title: str, number: int = 1) -> Revision:
    """Approved by two, and used from the first day of the year."""
    row = draft(own_item(title), number)
    row = propose(row, records.staff(Role.BOARD_OFFICER))
    row = approve(row, records.staff(Role.APPROVER), row.digest)
    first = datetime.date(YEAR, 4, 1)
    InForce.objects.create(
        fiscal_year=YEAR, revision=row, starts_on=first, state="approved", proposed_by="a", approved_by="b"
    )
    return row


@pytest.fixture
def round_(in_a: Any, heard: list[Any]) -> PaymentRound:
    row = in_force(TITLE)
    support.spend(support.pupil(1, where=records.school("S01"), name="見本 一郎"), "county_ride", 3_000)
    return support.calculated(support.opened(pack=BASE, overlays=row.overlays))


def test_it_can_be_entered_and_is_called_by_its_name_on_every_page(round_: PaymentRound) -> None:
    board: Browser = browser_of(Role.BOARD_OFFICER)
    payment = PupilPayment.objects.get()
    assert payment.total == 3_000
    expense = payment.pupil.expenses.get()
    for address in (
        "/payments/expenses/",
        f"/payments/expenses/{expense.pk}/",
        "/payments/expenses/new/",
        f"/payments/rounds/{round_.pk}/",
        f"/payments/pupils/{payment.pk}/",
    ):
        shown = text(board.get(address))
        assert TITLE in shown, address
        assert "county_ride" not in shown.replace('value="county_ride"', "").replace("item=county_ride", ""), address
    facts = ExpenseFacts("county_ride", support.day(6), 1, "E1")
    assert list(faults(facts, payment.pupil, items_of(YEAR), [])) == []
    assert items_of(YEAR).codes["通学介護の車代(県単独)"] == "county_ride"
    few = queries(board, f"/payments/pupils/{payment.pk}/")
    support.spend(payment.pupil, "school_lunch", 500)
    support.calculated(round_)
    assert queries(board, f"/payments/pupils/{PupilPayment.objects.get().pk}/") == few


def test_it_has_its_name_in_pdf_and_excel(round_: PaymentRound) -> None:
    support.released(support.approved(round_))
    printed.done(reports.start_slips(round_.pk, "S01"))
    printed.done(reports.start_ledgers(YEAR, "S01"))
    for kind in ("slip", "ledger"):
        (page,) = (page for output in printed.outputs(kind) for page in printed.pages(output))
        assert TITLE.replace("（", "(").replace("）", ")") in page.replace("（", "(").replace("）", ")"), kind
    run = done(started(PAYMENTS, f"shipped:{BASE}+sample-operator"))
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook_of(run)))
    cells = [cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row]
    assert "county_ride" not in cells


def test_a_round_keeps_the_name_it_was_opened_with(round_: PaymentRound) -> None:
    in_force(LATER, 2)
    assert items_of(YEAR).title("county_ride") == LATER
    assert items_in(round_).title("county_ride") == TITLE
    gone = InForce.objects.create(
        fiscal_year=YEAR, starts_on=datetime.date(YEAR, 4, 2), state="approved", proposed_by="a", approved_by="b"
    )
    assert gone.revision is None
    now = items_of(YEAR)
    assert "county_ride" not in now.payable
    assert now.title("county_ride") == LATER
    assert now.place("county_ride") == len(now.known)
    assert (now.title("school_lunch"), now.title("nothing_like_it")) == ("学校給食費", "nothing_like_it")
