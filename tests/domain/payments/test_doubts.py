"""未確認: what a round pays by a figure nobody has confirmed is said with the rows of the 年度定義 it stands on."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from domain.payments.doubts import open_rules
from domain.payments.links import household_links
from domain.payments.models import Adjustment, PaymentRound, PupilPayment
from domain.yearpacks.changing import accept_rows, unconfirmed_of
from domain.yearpacks.drafting import open_draft
from domain.yearpacks.models import Revision
from domain.yearpacks.resolving import draft_pack
from tests.domain.payments.support import (
    OVERLAYS,
    PACK,
    SECOND,
    approved,
    calculated,
    changed,
    day,
    opened,
    payment_of,
    pupil,
    spend,
)
from tests.domain.statements.people import browser_of, clerk_of, text
from tests.support import records
from tests.support.records import YEAR


@pytest.fixture
def doubtful(in_a: Any, heard: list[Any]) -> PaymentRound:
    spend(pupil(1, name="見本 一郎"), "school_lunch", 4_000)
    for name in ("未確認 四郎", "未確認 五郎"):
        spend(pupil(1, name=name), "exchange_travel", 1_000)
    return calculated(opened())


def test_the_rows_it_stands_on_are_named_with_how_many_are_paid_by_them(doubtful: PaymentRound) -> None:
    (rule,) = open_rules(doubtful)
    assert (rule.pupils, rule.kind) == (2, "限度額")
    assert "交流" in rule.title
    assert rule.value
    page = text(browser_of(Role.BOARD_OFFICER).get(f"/payments/rounds/{doubtful.pk}/"))
    assert rule.title in page
    assert rule.source in page
    assert "未確認の値を年度定義の画面で確かめる" in page
    approval = text(browser_of(Role.APPROVER).get(f"/payments/rounds/{doubtful.pk}/approve/"))
    assert rule.title in approval
    assert approval.index(rule.title) < approval.index("承認する</button>")
    assert "児童生徒<span" not in approval, "no number of people where the count is typed from the papers"


def test_a_further_rule_is_named_in_words_and_can_be_accepted(in_a: Any, heard: list[Any]) -> None:
    """Receipts give the place in the file of such a rule: the page showed it, and no draft offered the row."""
    spend(pupil(3, name="未確認 六郎", status={"department": "senior_high", "grade": 1}), "ict_equipment", 90_000)
    round_ = calculated(opened())
    (rule,) = (rule for rule in open_rules(round_) if "超えた分の振替" in rule.title)
    assert (rule.kind, rule.value, bool(rule.source)) == ("支給のきまり", "使わない", True)
    board = browser_of(Role.BOARD_OFFICER)
    assert "payment_rules" not in text(board.get(f"/payments/rounds/{round_.pk}/"))
    draft = open_draft(YEAR, PACK, OVERLAYS, board.person)
    rows = {row.name: row.printed for row in unconfirmed_of(draft_pack(draft))}
    assert rows["payment_rules/ict-excess-to-supplies"].startswith(f"{PACK}.payment_rules["), "as the receipt prints it"
    accept_rows(draft, ["payment_rules/ict-excess-to-supplies"], "県の決裁で確認", board.person)
    left = {row.name for row in unconfirmed_of(draft_pack(Revision.objects.get(pk=draft.pk)))}
    assert "payment_rules/prorate-supplies" in left
    assert "payment_rules/ict-excess-to-supplies" not in left


def test_the_way_leads_to_where_the_person_may_accept_or_look_up(doubtful: PaymentRound) -> None:
    board, address = browser_of(Role.BOARD_OFFICER), f"/payments/rounds/{doubtful.pk}/"
    assert 'href="/yearpacks/"' in text(board.get(address)).partition("<main")[2]
    draft = open_draft(YEAR, PACK, OVERLAYS, board.person)
    link = f"/yearpacks/{draft.pk}/rows/?kind=unconfirmed"
    assert f'href="{link}"' in text(board.get(address))
    assert board.get(link).status_code == 200
    looked_up = "/yearpacks/coverage/?show=unconfirmed"
    clerk = clerk_of("S01")
    assert f'href="{looked_up}"' in text(clerk.get(address))
    assert clerk.get(looked_up).status_code == 200


def test_lists_mark_it_and_a_firm_round_says_nothing(doubtful: PaymentRound) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    assert "根拠が未確認の支給 2人" in text(board.get("/payments/"))
    assert "根拠が未確認の支給" not in text(clerk_of("S02").get("/payments/"))
    payment = PupilPayment.objects.filter(standing="unconfirmed")[0]
    assert '<span class="state state-attention">' in text(board.get(f"/payments/pupils/{payment.pk}/"))
    links = household_links(board.person, payment.pupil.member.household_id)
    (link,) = (each for each in links if "の支給 " in each.title)
    assert "（根拠が未確認）" in str(link)
    PupilPayment.objects.filter(standing="unconfirmed").update(standing="operator")
    assert "根拠が未確認の支給" not in text(board.get("/payments/"))


def test_the_release_says_it_before_its_button(doubtful: PaymentRound) -> None:
    approver = records.staff(Role.APPROVER)
    approved(doubtful, approver)
    page = text(browser_of(Role.APPROVER).get(f"/payments/rounds/{doubtful.pk}/release/"))
    assert page.index("根拠に未確認の値がある支給が含まれます") < page.index("支給を確定する</button>")


def test_what_a_later_round_pays_in_addition_carries_its_doubt(in_a: Any, heard: list[Any]) -> None:
    who = pupil(3)
    spend(who, "exchange_travel", 1_000)
    spend(who, "school_lunch", 1_000, day(9))
    approved(calculated(opened()))
    changed(who, day(4, 2), category=1)
    second = calculated(opened(2, SECOND))
    carried = Adjustment.objects.filter(round=second, pupil=who, item="exchange_travel")
    assert [each.standing for each in carried] == ["unconfirmed"]
    assert payment_of(second, who).standing == "unconfirmed"
