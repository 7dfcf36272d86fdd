"""The list of households and a household's page: what is shown, to whom, and what the trail hears first."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from domain.households.models import Household, Member, Pupil, School
from integrations.atena_adapters.individual_numbers import sample_number
from tests.domain.households.people import browser_of, make_home


@pytest.fixture
def clerk(school: School) -> Any:
    return browser_of((Role.SCHOOL_CLERK, "S29001"))


@pytest.fixture
def board(school: School) -> Any:
    return browser_of(Role.BOARD_OFFICER)


def queries_of(browser: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as context:
        assert browser.get(address).status_code == 200
    return len(context)


def text_of(browser: Any, address: str, **parameters: str) -> str:
    response = browser.get(address, parameters)
    assert response.status_code == 200, response
    return str(response.content.decode())


def test_a_clerk_sees_own_school_only(clerk: Any, school: School, other_school: School) -> None:
    own, foreign = make_home(school, 1), make_home(other_school, 2)
    page = text_of(clerk, "/households/")
    assert own.number in page
    assert foreign.number not in page
    assert clerk.get(f"/households/{own.pk}/").status_code == 200
    assert clerk.get(f"/households/{foreign.pk}/").status_code == 404
    assert clerk.get("/households/999999/").status_code == 404


def test_the_board_sees_every_school(board: Any, school: School, other_school: School) -> None:
    own, foreign = make_home(school, 1), make_home(other_school, 2)
    page = text_of(board, "/households/")
    assert own.number in page
    assert foreign.number in page


def test_a_sibling_makes_the_household_visible_to_both(clerk: Any, school: School, other_school: School) -> None:
    home = make_home(other_school, 2)
    assert clerk.get(f"/households/{home.pk}/").status_code == 404
    father = home.members.get(key="1")
    pupil = Pupil.objects.create(
        school=school, member=father, student_number="S1", name="x", kana="x", enrolled_on="2025-04-01"
    )
    assert clerk.get(f"/households/{home.pk}/").status_code == 200
    pupil.left_on = "2025-09-30"
    pupil.save()
    assert clerk.get(f"/households/{home.pk}/").status_code == 200
    pupil.left_on = "2025-03-31"
    pupil.save()
    assert clerk.get(f"/households/{home.pk}/").status_code == 404


def test_another_prefectures_ids_are_useless(prefecture_b: Any, clerk: Any, school: School) -> None:
    from tenants.core.context import prefecture_context

    with prefecture_context(prefecture_b):
        there = make_home(School.objects.create(code="S29001", name="別の県の学校"), 7)
    Household.objects.filter(pk=there.pk).delete()
    assert clerk.get(f"/households/{there.pk}/").status_code == 404
    assert there.number not in text_of(clerk, "/households/")


@pytest.mark.parametrize("role", [Role.MONITOR, Role.TENANT_ADMIN])
def test_roles_without_the_permission_are_refused(school: School, role: Role) -> None:
    browser = browser_of(role)
    assert browser.get("/households/").status_code == 403
    assert browser.get("/households/imports/").status_code == 403


@pytest.mark.parametrize("words", ["見本 高子1", "みほん　たかこ", "H29-000001", "Ｈ２９－０００００１", "髙子1"])
def test_search_by_name_kana_and_number(board: Any, school: School, words: str) -> None:
    home = make_home(school, 1)
    answer = board.post("/households/", {"text": words})
    assert answer.url == "/households/?searched=1"
    page = text_of(board, answer.url)
    assert home.number in page
    assert "1世帯" in page


def test_the_search_is_recorded_without_its_words(board: Any, school: School, heard: list[Any]) -> None:
    home = make_home(school, 1)
    make_home(school, 2)
    board.post("/households/", {"text": "高子1"})
    text_of(board, "/households/", searched="1", state="enrolled")
    event = heard[-1]
    assert event["event"] == "read:search:shown"
    assert event["detail"] == {"list": "households", "criteria": ["state", "words"], "found": 1}
    assert event["subjects"] == [{"kind": "household", "id": str(home.pk)}]
    assert "高子" not in str(event)


def test_the_trail_knows_when_words_are_gone_through_in_order(board: Any, school: School, heard: list[Any]) -> None:
    """Once for each typed word that differs in its last character alone; not for another page of the same list."""
    make_home(school, 1)
    told = []
    for words in ("高子1", "高子2", "", "高子２", "高子3", "みほん", "みほ", "みや"):
        if words:
            board.post("/households/", {"text": words})
        text_of(board, "/households/", searched="1")
        told.append("next_prefix" in heard[-1]["detail"])
    assert told == [False, True, False, False, True, False, False, True]
    assert "高子" not in str(heard)


def test_the_trail_knows_when_a_slip_is_mended(board: Any, school: School, heard: list[Any]) -> None:
    """A letter or two of a longer name; never figures, never the next in order, once for each typed word."""
    told = []
    for words in ("みほんたかこ", "みほんたこか", "みほんたこ", "みほんたこ", "やまだたろう", "高子11", "高子21"):
        board.post("/households/", {"text": words})
        text_of(board, "/households/", searched="1")
        told.append("retyped" in heard[-1]["detail"])
    assert told == [False, True, True, False, False, False, False]
    text_of(board, "/households/", searched="1")
    assert "retyped" not in heard[-1]["detail"]


def test_a_search_for_an_individual_number_is_refused(board: Any, school: School) -> None:
    number = sample_number(3, 5)
    answer = board.post("/households/", {"text": number})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "個人番号では検索できません" in page
    assert number not in page
    assert board.session.get("households.words") is None


def test_filters_by_school_and_state(board: Any, school: School, other_school: School) -> None:
    make_home(school, 1, on_welfare=True)
    make_home(other_school, 2, decline="full")
    assert "H29-000002" not in text_of(board, "/households/", school="S29001")
    assert "H29-000001" not in text_of(board, "/households/", state="declined")
    assert "H29-000002" not in text_of(board, "/households/", state="welfare")
    assert "あてはまる世帯はありません" in text_of(board, "/households/", state="left")


def test_the_list_records_whom_it_shows(board: Any, school: School, heard: list[Any]) -> None:
    homes = [make_home(school, n) for n in (1, 2)]
    text_of(board, "/households/")
    assert heard[-1]["event"] == "read:list:shown"
    assert [subject["id"] for subject in heard[-1]["subjects"]] == [str(home.pk) for home in homes]


def test_nothing_is_shown_when_the_trail_is_away(board: Any, school: School, monkeypatch: Any) -> None:
    import psycopg

    def away(*_: Any, **__: Any) -> None:
        raise psycopg.OperationalError

    home = make_home(school, 1)
    monkeypatch.setattr("audit.trail.store.insert", away)
    for address in ("/households/", f"/households/{home.pk}/"):
        answer = board.get(address)
        assert answer.status_code == 503
        assert "見本" not in answer.content.decode()


def test_a_protected_address_is_opened_only_by_its_act(board: Any, school: School, heard: list[Any]) -> None:
    home = make_home(school, 1, address_hidden=True, year_end_address="生駒市見本町5丁目")
    secrets = [home.address, home.year_end_address, home.phone]
    assert home.address not in text_of(board, "/households/")
    page = text_of(board, f"/households/{home.pk}/")
    assert not any(secret in page for secret in secrets)
    opened = board.post(f"/households/{home.pk}/address/")
    assert opened.status_code == 200
    assert all(secret in opened.content.decode() for secret in secrets)
    assert heard[-1]["detail"] == {"protected_address": True}
    assert board.get(f"/households/{home.pk}/address/").status_code == 405


def test_a_protected_address_asks_for_the_step_up(board: Any, school: School, monkeypatch: Any) -> None:
    from datetime import timedelta

    from accounts import session_state

    home = make_home(school, 1, address_hidden=True)
    monkeypatch.setattr(session_state, "otp_age", lambda _: timedelta(minutes=11))
    answer = board.post(f"/households/{home.pk}/address/")
    assert answer.status_code == 302
    assert answer.url.startswith("/step-up/")


def test_the_page_of_a_household(clerk: Any, school: School, heard: list[Any]) -> None:
    home = make_home(school, 1, bank_name="サンプル銀行", account_number="1234567", account_type="1")
    page = text_of(clerk, f"/households/{home.pk}/")
    assert heard[-1]["event"] == "read:household:shown"
    for word in ("見本　髙子1", "小学部5年", "通学生", "1級地-2", "＊＊＊＊567", "未登録", "令和7年4月1日"):
        assert word in page, word
    assert "1234567" not in page


def test_the_number_of_queries_does_not_grow(board: Any, school: School, heard: list[Any]) -> None:
    homes = [make_home(school, n) for n in (1, 2)]
    few = queries_of(board, "/households/"), queries_of(board, f"/households/{homes[0].pk}/")
    for n in range(3, 30):
        make_home(school, n)
    for key in range(3, 12):
        Member.objects.create(
            household=homes[0], key=str(key), atena_number=f"X{key}", name="x", kana="x", name_key="x", kana_key="x",
            born="2015-01-01",
        )  # fmt: skip
    assert (queries_of(board, "/households/"), queries_of(board, f"/households/{homes[0].pk}/")) == few
