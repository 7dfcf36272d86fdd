"""People with browsers, and 調書 for them to look at."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from domain.households.models import Household, School
from domain.linkage.models import Inquiry
from domain.linkage.targets import base_date
from domain.rules import load_pack
from domain.statements import services
from domain.statements.models import Statement
from tests.platform.accounts.sign_in import make_person, sign_in
from tests.support import records
from tests.support.records import YEAR

PACK = load_pack("R07-former-standard", overlays=("sample-operator",))
ANSWER = {
    "total_income": 3_000_000,
    "retirement_income": 0,
    "forest_income": 0,
    "social_insurance": 400_000,
    "life_insurance": 40_000,
    "earthquake_insurance": 5_000,
}
_serial = count(1)


class Browser(Client):
    """A browser and who sits before it."""

    def __init__(self, person: Any) -> None:
        super().__init__(headers={"host": "kou.localhost"})
        self.person = person


def browser_of(*roles: Any) -> Browser:
    """Logged in with a one-time password; roles as `make_person` takes them."""
    browser = Browser(make_person(f"someone-{next(_serial)}", *roles))
    sign_in(browser, browser.person)
    return browser


def clerk_of(school: str = "S01") -> Browser:
    return browser_of((Role.SCHOOL_CLERK, school))


def answer(home: Household, **values: Any) -> None:
    """Both parents asked about their tax; the father earned, the mother did not."""
    father, mother = home.members.order_by("key")[:2]
    for member, amounts in ((father, ANSWER), (mother, dict.fromkeys(ANSWER, 0))):
        ask(home, member, **({"answer": amounts} | values))


def ask(home: Household, member: Any, kind: str = Inquiry.Kind.TAX, **values: Any) -> Inquiry:
    answered = {"state": Inquiry.State.ANSWERED, "match": Inquiry.Match.MATCHED}
    return Inquiry.objects.create(
        member=member,
        fiscal_year=YEAR,
        kind=kind,
        base_date=base_date(YEAR),
        base_address=home.address,
        **(answered | values),
    )


def opened(where: School | None = None, **values: Any) -> Statement:
    return opened_of(records.family(where, **values))


def opened_of(home: Household) -> Statement:
    services.open_statements(YEAR)
    return Statement.objects.get(household=home)


def computed(where: School | None = None, **values: Any) -> Statement:
    """With both parents' answers: 算定済."""
    home = records.family(where, **values)
    answer(home)
    return compute(opened_of(home))


def lacking(where: School | None = None, **values: Any) -> Statement:
    """Nobody answered: 要確認."""
    return compute(opened(where, **values))


def compute(statement: Statement) -> Statement:
    services.compute([statement], PACK)
    statement.refresh_from_db()
    return statement


def forwarded(where: School | None = None, **values: Any) -> Statement:
    statement = computed(where, **values)
    services.forward(statement.school, YEAR, records.staff(Role.PRINCIPAL))
    statement.refresh_from_db()
    return statement


def text(response: Any, status: int = 200) -> str:
    shown = str(response.content.decode())
    assert response.status_code == status, shown
    return shown


def queries(browser: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as context:
        text(browser.get(address))
    return len(context)
