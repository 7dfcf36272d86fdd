"""訂正 of a household's and a member's facts: asked back with its effects, refused below a decision, kept with before and after."""

from __future__ import annotations

import re
from typing import Any

import pytest

from accounts.roles import Role
from domain.households.models import Household, Member, Pupil
from domain.statements.models import Statement
from tests.domain.households.people import browser_of
from tests.support import records
from tests.support.records import YEAR

HOME = {
    "guardian_name": "見本 太郎", "guardian_kana": "みほん たろう", "postal_code": "630-0001", "address": "奈良市見本町9",
    "year_end_address": "", "phone": "0742-00-0000", "living_cost_grade": "1-1", "winter_zone": "6", "bank_code": "0000",
    "bank_name": "ミホンギンコウ", "branch_code": "001", "branch_name": "ホンテン", "account_type": "1", "account_number": "0000001",
    "account_holder": "ミホン タロウ", "reason": "転記の誤り",
}  # fmt: skip
PERSON = {
    "name": "見本 市郎", "kana": "ミホン イチロウ", "born": "H28.5.5", "relation": "子", "school_name": "", "stage": "elementary",
    "special_needs": "on", "reason": "戸籍を確認した",
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("heard")


@pytest.fixture
def home(in_a: Any) -> Household:
    return records.family(records.school("S01"), account_number="0000001")


@pytest.fixture
def clerk(home: Household) -> Any:
    return browser_of((Role.SCHOOL_CLERK, "S01"))


def shown(answer: Any, status: int = 200) -> str:
    text = str(answer.content.decode())
    assert answer.status_code == status, text
    return text


def statement_of(home: Household, state: str) -> Statement:
    return Statement.objects.create(household=home, fiscal_year=YEAR, school=records.school("S01"), state=state)


def test_an_address_is_corrected_after_its_effects_were_named(clerk: Any, home: Household) -> None:
    from auditlog.models import LogEntry

    from tests.support.outbox import outbox

    here = f"/households/{home.pk}/correct/"
    assert here in shown(clerk.get(f"/households/{home.pk}/"))
    page = shown(clerk.post(here, HOME))
    for word in ("サンプル市見本町1-1", "奈良市見本町9", "まだ保存していません", "名簿も同じに直して"):
        assert word in page, word
    assert "再計算が必要" not in page
    assert Household.objects.get().address == "サンプル市見本町1-1"
    shown(clerk.post(here, HOME | {"confirmed": "1"}), 302)
    home.refresh_from_db()
    assert (home.address, home.phone, home.postal_code) == ("奈良市見本町9", "0742-00-0000", "6300001")
    event = outbox.get(event="household:facts:corrected")
    assert "奈良市" not in str(event.__dict__)
    assert event.detail["reason"] == "転記の誤り"
    assert set(event.detail["fields"]) >= {"address", "phone"}
    entry = LogEntry.objects.get_for_object(home).order_by("-timestamp").first()
    assert entry is not None
    assert entry.changes_dict["address"] == ["サンプル市見本町1-1", "奈良市見本町9"]


def test_a_grade_makes_the_statement_ask_for_a_computation(clerk: Any, home: Household) -> None:
    statement = statement_of(home, "computed")
    here = f"/households/{home.pk}/correct/"
    asked = shown(clerk.post(here, HOME | {"living_cost_grade": "2-1"}))
    assert "この世帯の調書は再計算が必要になります" in asked
    assert "<td>1級地-1</td><td>2級地-1</td>" in asked
    shown(clerk.post(here, HOME | {"living_cost_grade": "2-1", "confirmed": "1"}), 302)
    statement.refresh_from_db()
    assert statement.state == "ready"
    assert statement.steps.get().reason == "世帯の登録を直したため、算定し直す"


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("decided", "再判定を始める"),
        ("noticed", "再判定を始める"),
        ("forwarded", "差し戻して"),
        ("proposed", "差し戻して"),
    ],
)
def test_what_was_decided_on_is_not_changed_below_it(clerk: Any, home: Household, state: str, word: str) -> None:
    statement_of(home, state)
    here = f"/households/{home.pk}/correct/"
    for more in ({}, {"confirmed": "1"}):
        assert word in shown(clerk.post(here, HOME | {"winter_zone": "5"} | more), 422)
    home.refresh_from_db()
    assert home.winter_zone == 6
    shown(clerk.post(here, HOME | {"confirmed": "1"}), 302)  # what is computed from stays: the address alone is free


def test_with_a_redetermination_at_the_school_it_may_be_corrected(clerk: Any, home: Household) -> None:
    root = statement_of(home, "decided")
    Statement.objects.create(
        household=home, fiscal_year=YEAR, school=root.school, revises=root, state="computed", change_reason="members",
        income_basis="confirmed", effective_from=f"{YEAR}-10-01",
    )  # fmt: skip
    here = f"/households/{home.pk}/correct/"
    assert "すでにある決定とその計算書は変わりません" in shown(clerk.post(here, HOME | {"winter_zone": "5"}))
    shown(clerk.post(here, HOME | {"winter_zone": "5", "confirmed": "1"}), 302)
    root.refresh_from_db()
    assert root.state == "decided"
    assert Statement.objects.get(revises=root).state == "ready"


def test_a_member_is_corrected_with_the_enrolment(clerk: Any, home: Household) -> None:
    child = Member.objects.get(household=home, relation="子")
    here = f"/households/members/{child.pk}/correct/"
    assert here in shown(clerk.get(f"/households/{home.pk}/"))
    assert "要確認になることがあります" in shown(clerk.post(here, PERSON))
    shown(clerk.post(here, PERSON | {"confirmed": "1"}), 302)
    child.refresh_from_db()
    assert (child.name, child.stage, child.special_needs) == ("見本 市郎", "elementary", True)
    assert Pupil.objects.get(member=child).name == "見本 市郎"
    from domain.households.queries import Criteria, list_households
    from tests.support.records import staff

    assert list_households(staff(Role.BOARD_OFFICER), Criteria(text="市郎")).exists()


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"address": ""}, "住所を入力してください"), ({"phone": "12"}, "市外局番"), ({"account_number": ""}, "全部そろえるか"),
        ({"account_number": "12"}, "7桁"), ({"address": "123456789018"}, "個人番号"),
        ({"reason": ""}, "「直す理由」を入力してください"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_as_the_roster_would(
    clerk: Any, home: Household, wrong: dict[str, str], word: str
) -> None:
    page = shown(clerk.post(f"/households/{home.pk}/correct/", HOME | wrong | {"confirmed": "1"}), 422)
    assert word in page
    home.refresh_from_db()
    assert home.address == "サンプル市見本町1-1"


def test_an_account_wants_a_fresh_password(clerk: Any, home: Household, settings: Any) -> None:
    here = f"/households/{home.pk}/correct/"
    page = shown(clerk.post(here, HOME | {"account_number": "7654321"}))
    assert "承認者が新しい口座を確かめて" in page
    settings.STEP_UP_SECONDS = 0
    answer = clerk.post(here, HOME | {"account_number": "7654321", "confirmed": "1"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/step-up/")
    home.refresh_from_db()
    assert home.account_number == "0000001"


def test_only_who_keeps_the_household_corrects_it(home: Household) -> None:
    other = records.school("S02")
    home.maintained_by = other
    home.save()
    here = f"/households/{home.pk}/correct/"
    assert "が受け持っています" in shown(
        browser_of((Role.SCHOOL_CLERK, "S01")).post(here, HOME | {"confirmed": "1"}), 422
    )
    assert browser_of((Role.SCHOOL_CLERK, "S03")).get(here).status_code == 404
    assert browser_of((Role.PRINCIPAL, "S01")).get(here).status_code == 403
    shown(browser_of(Role.BOARD_OFFICER).post(here, HOME | {"confirmed": "1"}), 302)


def test_a_protected_address_opens_after_a_fresh_password(home: Household, clerk: Any, settings: Any) -> None:
    Household.objects.update(address_hidden=True)
    settings.STEP_UP_SECONDS = 0
    answer = clerk.get(f"/households/{home.pk}/correct/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/step-up/")


def test_the_whole_account_number_opens_after_a_fresh_password_with_a_read_event(
    home: Household, clerk: Any, settings: Any, monkeypatch: Any
) -> None:
    from domain.households.views import corrections

    read: list[dict[str, Any]] = []
    monkeypatch.setattr(corrections, "record_access", lambda *given, **named: read.append(named["detail"]))
    here = f"/households/{home.pk}/correct/"
    assert "0000001" in shown(clerk.get(here))
    assert read == [{"page": "correction", "bank_account": True}]
    settings.STEP_UP_SECONDS = 0
    answer = clerk.get(here)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/step-up/")
    assert len(read) == 1


def test_facts_that_only_some_years_ask_for_are_entered_and_unknown_is_not_none(clerk: Any, home: Household) -> None:
    child = Member.objects.get(name="見本 一郎")
    assert (home.single_parent, child.disability, child.materials_cost, child.annual_commuting) == (
        None,
        "",
        None,
        None,
    )
    shown(clerk.post(f"/households/{home.pk}/correct/", HOME | {"single_parent": "yes", "confirmed": "1"}), 302)
    home.refresh_from_db()
    assert home.single_parent is True
    assert '<option value="yes" selected>' in shown(clerk.get(f"/households/{home.pk}/correct/"))
    asked = {"disability": "grade_3", "materials_cost": "0", "annual_commuting": "", "confirmed": "1"}
    shown(clerk.post(f"/households/members/{child.pk}/correct/", PERSON | asked), 302)
    child.refresh_from_db()
    assert (child.disability, child.materials_cost, child.annual_commuting) == ("grade_3", 0, None)


def test_what_a_colleague_changed_meanwhile_is_not_undone_as_ones_own_difference(clerk: Any, home: Household) -> None:
    here = f"/households/{home.pk}/correct/"
    hidden = re.findall(r'<input type="hidden" name="(seen-\w+)" value="([^"]*)">', shown(clerk.get(here)))
    seen = dict(hidden)
    assert seen["seen-phone"] == home.phone
    Household.objects.update(phone="090-1111-2222")
    stale = HOME | seen | {"phone": home.phone, "confirmed": "1"}
    page = shown(clerk.post(here, stale), 422)
    assert "ほかの人が「電話番号」を変えました。まだ保存していません" in page
    assert 'name="phone" value="090-1111-2222"' in page
    assert 'value="奈良市見本町9"' in page
    home.refresh_from_db()
    assert (home.phone, home.address) == ("090-1111-2222", "サンプル市見本町1-1")
    page = shown(clerk.post(here, stale | {"phone": "0742-9"}), 422)
    assert "ほかの人が「090-1111-2222」に変えました。もう一度保存すると、あなたの入力に置き換わります。" in page
    shown(clerk.post(here, stale | {"phone": "090-1111-2222", "seen-phone": "090-1111-2222"}), 302)
    home.refresh_from_db()
    assert (home.phone, home.address) == ("090-1111-2222", "奈良市見本町9")
