"""Handing in numbers on the page, and looking at one: with a reason, for a minute, kept nowhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from domain.households.models import Member, School
from domain.households.services import ensure_school
from domain.vault.models import NumberDeposit
from tests.domain.households.people import browser_of
from tests.domain.vault.conftest import line, make_household, number, sealed, work_off

HOME = "H29-000001"
REASON = {"field": "individual_number", "duty": "V03", "case": "突合確認 R07-12"}


@pytest.fixture
def handler(school: School) -> Any:
    return browser_of(Role.NUMBER_HANDLER)


def address_of(member: Member) -> str:
    return f"/numbers/members/{member.pk}/"


def spaced(text: str) -> str:
    return f"{text[:4]} {text[4:8]} {text[8:]}"


def upload(browser: Any, school: School, data: bytes) -> Any:
    return browser.post("/numbers/", {"school": school.pk, "file": SimpleUploadedFile("numbers.sealed", data)})


def test_hand_in_to_result(handler: Any, school: School, members: dict[str, Member], deposit_key: bytes) -> None:
    assert "受け入れたファイルはありません" in handler.get("/numbers/").content.decode()
    response = upload(handler, school, sealed([line(HOME, "1", number(1)), line(HOME, "9", number(9))]))
    deposit = NumberDeposit.objects.get()
    assert response.url == f"/numbers/deposits/{deposit.pk}/"
    assert "待機中" in handler.get(response.url).content.decode()
    work_off(deposit)
    page = handler.get(response.url).content.decode()
    for word in ("新規 1、変更 0、同じ 0、誤り 1", "名簿にいません", "消去しました"):
        assert word in page, word
    assert number(1) not in page
    assert "消去済" in handler.get("/numbers/").content.decode()


def test_a_file_of_another_school_is_not_shown_for_this_one(
    handler: Any, school: School, members: dict[str, Member], deposit_key: bytes
) -> None:
    data = sealed([line(HOME, "1", number(1))])
    upload(handler, school, data)
    deposit = NumberDeposit.objects.get()
    work_off(deposit)
    other = ensure_school("S29009", "サンプル第九支援学校")
    answer = upload(handler, other, data)
    assert answer.status_code == 200
    assert f"同じファイルを、{school.name}（{school.code}）が令和" in answer.content.decode()
    again = handler.get(upload(handler, school, data).url).content.decode()
    assert f"同じファイルを、{school.name}（{school.code}）が令和" in again
    assert "前回の結果を表示しています" in again


def test_a_refused_file_says_why(handler: Any, school: School, deposit_key: bytes) -> None:
    upload(handler, school, b"text")
    deposit = NumberDeposit.objects.get()
    work_off(deposit)
    assert "封緘されたファイルではありません" in handler.get(f"/numbers/deposits/{deposit.pk}/").content.decode()


def test_only_handlers_come_in_and_only_to_their_schools(school: School, three: dict[str, Member]) -> None:
    other = School.objects.create(code="S29002", name="サンプル第二支援学校")
    foreign = make_household(other, "H29-000002")
    deposit = NumberDeposit.objects.create(school=other, file_name="x", digest="x")
    for role in (Role.SCHOOL_CLERK, Role.BOARD_OFFICER, Role.APPROVER):
        browser = browser_of(role)
        assert browser.get("/numbers/").status_code == 403
        assert browser.get(address_of(three["1"])).status_code == 403
        assert browser.post(address_of(three["1"]), REASON).status_code == 403
    local = browser_of((Role.NUMBER_HANDLER, "S29001"))
    assert local.get(address_of(three["1"])).status_code == 200
    assert local.get(address_of(foreign["1"])).status_code == 404
    assert local.post(address_of(foreign["1"]), REASON).status_code == 404
    assert local.get(f"/numbers/deposits/{deposit.pk}/").status_code == 404
    assert upload(local, other, b"x").status_code == 200
    assert NumberDeposit.objects.filter(school=other).count() == 1


def test_another_prefectures_people_are_not_found(prefecture_b: Any, handler: Any, school: School) -> None:
    from tenants.core.context import prefecture_context

    with prefecture_context(prefecture_b):
        there = make_household(School.objects.create(code="S29001", name="別の県の学校"), HOME)
    assert handler.get(address_of(there["1"])).status_code == 404
    assert handler.post(address_of(there["1"]), REASON).status_code == 404


def test_a_number_is_shown_for_a_reason(handler: Any, three: dict[str, Member], heard: list[Any]) -> None:
    asked = handler.get(address_of(three["1"]))
    assert spaced(number(1)) not in asked.content.decode()
    assert asked.headers["Cache-Control"] == "no-store"
    shown = handler.post(address_of(three["1"]), REASON)
    page = shown.content.decode()
    assert spaced(number(1)) in page
    assert 'data-hide-after="60"' in page
    assert "vault/js/hide.js" in page
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Refresh"] == f"60; url={address_of(three['1'])}"
    assert [event["event"] for event in heard[-2:]] == ["read:household:shown", "number:individual:revealed"]
    assert (heard[-1]["duty"], heard[-1]["case_ref"]) == ("V03", REASON["case"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"duty": ""}, "事務コードを選んでください。"),
        ({"case": ""}, "「案件番号または理由」を入力してください。"),
        ({"case": "確認"}, "番号を使う理由がそろっていません"),
        ({"duty": "Z99"}, "事務コードを、表示されている中から選び直してください。"),
        ({"field": "unified_number"}, "登録されていません"),
        ({"case": f"番号 {number(5)} の件"}, "番号らしい12桁の数字は書けません"),
    ],
)
def test_without_a_sound_reason_nothing_is_shown(
    handler: Any, three: dict[str, Member], heard: list[Any], changed: dict[str, str], said: str
) -> None:
    page = handler.post(address_of(three["1"]), REASON | changed).content.decode()
    assert said in page
    assert spaced(number(1)) not in page
    assert number(5) not in page
    assert "number:individual:revealed" not in {event["event"] for event in heard}


def test_nothing_is_shown_when_the_trail_is_away(handler: Any, three: dict[str, Member], monkeypatch: Any) -> None:
    import psycopg

    def away(*_: Any, **__: Any) -> None:
        raise psycopg.OperationalError

    monkeypatch.setattr("audit.trail.store.insert", away)
    answer = handler.post(address_of(three["1"]), REASON)
    assert answer.status_code == 503
    assert spaced(number(1)) not in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_page_asks_for_the_step_up(
    handler: Any, three: dict[str, Member], monkeypatch: Any, heard: list[Any], method: str
) -> None:
    from accounts import session_state

    monkeypatch.setattr(session_state, "otp_age", lambda _: timedelta(minutes=11))
    answer = getattr(handler, method)(address_of(three["1"]), REASON)
    assert answer.status_code == 302
    assert answer.url.startswith("/step-up/")
    assert heard == []


def test_a_households_page_says_held_or_missing(handler: Any, three: dict[str, Member], heard: list[Any]) -> None:
    extra = Member.objects.create(
        household=three["1"].household, key="4", atena_number="X4", name="見本　四", kana="x", name_key="x", kana_key="x",
        born="2015-01-01",
    )  # fmt: skip
    page = handler.get(f"/households/{extra.household_id}/").content.decode()
    assert page.count("登録済") == 3
    assert page.count("未登録") == 1
    assert address_of(three["1"]) in page
    assert not any(spaced(number(n)) in page or number(n) in page for n in (1, 2, 3))
    board = browser_of(Role.BOARD_OFFICER)
    page = board.get(f"/households/{extra.household_id}/").content.decode()
    assert page.count("登録済") == 3
    assert "/numbers/members/" not in page


def test_the_number_of_queries_does_not_grow(handler: Any, school: School) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as context:
            assert handler.get("/numbers/").status_code == 200
        return len(context)

    NumberDeposit.objects.create(school=school, file_name="x", digest="0")
    few = count()
    for n in range(1, 20):
        NumberDeposit.objects.create(school=school, file_name="x", digest=str(n))
    assert count() == few


def test_after_so_many_people_the_one_time_password_is_asked_for_again(
    handler: Any, three: dict[str, Member], heard: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.models import User
    from tests.platform.accounts.sign_in import code_of
    from tests.support.outbox import outbox

    monkeypatch.setattr("domain.vault.revealing.PEOPLE_PER_STEP_UP", 2)
    for key in ("1", "2", "1"):
        assert spaced(number(int(key))) in handler.post(address_of(three[key]), REASON).content.decode()
    refused = handler.post(address_of(three["3"]), REASON)
    assert refused.url.startswith("/step-up/")
    assert outbox.filter(event="number:individual:refused").get().detail == {"reason": "limit"}
    assert sum(event["event"] == "number:individual:revealed" for event in heard) == 3
    person = User.objects.exclude(live_session=None).get()
    assert handler.post("/step-up/", {"token": code_of(person)}).status_code == 302
    assert spaced(number(3)) in handler.post(address_of(three["3"]), REASON).content.decode()


def test_twenty_people_is_the_limit() -> None:
    from domain.vault.revealing import PEOPLE_PER_STEP_UP

    assert PEOPLE_PER_STEP_UP == 20
