"""おとりの世帯: found by a search and opened like any other, told to the watch, and in nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from domain.households.models import CanaryHousehold, Household, Member, Pupil, School
from tests.domain.households.people import browser_of, make_home
from tests.platform.accounts.sign_in import make_person
from tests.support import trail

ROOT = Path(__file__).parents[3]
KNOWING = {
    "domain/households/canaries.py",
    "domain/households/models.py",
    "domain/households/views/canaries.py",
    "domain/households/migrations/0001_initial.py",
}
"""All that may read or write the table."""


@pytest.fixture
def canary(school: School) -> CanaryHousehold:
    from domain.households.canaries import place

    make_home(school, 1)
    return place(school, make_person("canary-keeper", Role.SECURITY_MANAGER))


def text_of(response: Any) -> str:
    assert response.status_code == 200, response
    return str(response.content.decode())


def search(browser: Any, words: str) -> str:
    return text_of(browser.post("/households/", {"text": words}, follow=True))


def test_it_looks_like_a_household_of_its_school(canary: CanaryHousehold, other_school: School) -> None:
    clerk, stranger = browser_of((Role.SCHOOL_CLERK, "S29001")), browser_of((Role.SCHOOL_CLERK, "S29002"))
    address = f"/households/{canary.pk}/"
    assert re.fullmatch(r"H29-\d{6}", canary.number)
    for words in (canary.number, canary.child_name, canary.guardian_kana):
        page = search(clerk, words)
        assert address in page
        assert "1世帯" in page
        assert address not in search(stranger, words)
    page = text_of(clerk.get(address))
    assert canary.child_name in page
    assert "在籍 1件" in page
    assert stranger.get(address).status_code == 404


def test_opening_it_is_an_alert_and_finding_it_is_not(canary: CanaryHousehold) -> None:
    from audit.detection.sweeping import sweep
    from audit.review.models import Alert

    clerk = browser_of((Role.SCHOOL_CLERK, "S29001"))
    search(clerk, canary.number)
    sweep(timezone.now())
    assert not Alert.objects.filter(rule="canary").exists()
    clerk.get(f"/households/{canary.pk}/")
    sweep(timezone.now())
    sweep(timezone.now())
    assert "事案として" in Alert.objects.get(rule="canary").sentence


def test_no_other_place_can_contain_it(canary: CanaryHousehold) -> None:
    """It is no row of the households, nothing points to its table, and no other module names it."""
    assert (Household.objects.count(), Member.objects.count(), Pupil.objects.count()) == (1, 2, 1)
    assert not Household.objects.filter(pk=canary.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE confrelid = 'households_canaryhousehold'::regclass")
        assert cursor.fetchone() == (0,)
    sources = [
        path
        for room in ("audit", "domain", "integrations", "ops", "platform", "tenants")
        for path in (ROOT / room).rglob("*.py")
    ]
    named = {
        path.relative_to(ROOT).as_posix()
        for path in sources
        if re.search("canary_?household", path.read_text(encoding="utf-8"), re.IGNORECASE)
    }
    assert named == KNOWING


def test_the_list_and_the_year_do_not_know_it(canary: CanaryHousehold) -> None:
    from domain.statements.models import Statement
    from domain.statements.services import open_statements

    board = browser_of(Role.BOARD_OFFICER)
    page = text_of(board.get("/households/"))
    assert "1世帯" in page
    assert canary.number not in page
    open_statements(2025)
    assert not Statement.objects.filter(household_id=canary.pk).exists()


def test_no_later_household_has_its_key(canary: CanaryHousehold, school: School) -> None:
    assert make_home(school, 2).pk > canary.pk
    assert Household.objects.filter(number=canary.number).count() == 0


def test_the_manager_alone_places_and_removes_it(school: School) -> None:
    manager = browser_of(Role.SECURITY_MANAGER)
    began = timezone.now()
    assert "まだ置いていません" in text_of(manager.get("/households/canaries/"))
    (looked,) = trail.since(began, prefix="read:list:shown")
    assert (looked.detail, looked.subjects) == ({"一覧": "おとりの世帯"}, ())
    assert manager.post("/households/canaries/", {"school": ""}).status_code == 422
    assert manager.post("/households/canaries/", {"school": school.pk}).status_code == 302
    placed = CanaryHousehold.objects.get()
    for role in (Role.MONITOR, Role.BOARD_OFFICER, Role.TENANT_ADMIN):
        other = browser_of(role)
        assert other.get("/households/canaries/").status_code == 403
        assert other.post(f"/households/canaries/{placed.pk}/remove/").status_code == 403
    assert placed.number in text_of(manager.get("/households/canaries/"))
    last = manager.post(f"/households/canaries/{placed.pk}/remove/", follow=True)
    assert "先に別のおとりの世帯を置いてください" in text_of(last)
    assert CanaryHousehold.objects.get() == placed, "nobody alone switches the rule off"
    manager.post("/households/canaries/", {"school": school.pk})
    from audit.detection.models import Loosening

    asked = manager.post(f"/households/canaries/{placed.pk}/remove/", follow=True)
    assert "除去を申請しました" in text_of(asked)
    assert "除去の承認待ち" in text_of(asked)
    assert CanaryHousehold.objects.count() == 2, "nobody takes any away alone"
    again = manager.post(f"/households/canaries/{placed.pk}/remove/", follow=True)
    assert "もう承認を待っています" in text_of(again)
    assert "期限切れ" not in text_of(again)
    Loosening.objects.update(proposed_at=timezone.now() - timedelta(days=14))
    assert "期限切れ" in text_of(manager.get("/households/canaries/"))


@pytest.fixture
def asked(school: School, other_school: School) -> Any:
    """Two decoys, and the removal of the first asked for by the 情報セキュリティ管理者. (first, second, the request)"""
    from audit.detection.models import Loosening
    from domain.households.canaries import ask_removal, place

    keeper = make_person("canary-keeper", Role.SECURITY_MANAGER)
    first, second = place(school, keeper), place(other_school, keeper)
    ask_removal(first, keeper)
    return first, second, Loosening.objects.get()


def test_the_second_person_learns_the_schools_and_no_household_and_takes_it_away(asked: Any) -> None:
    from tests.support.outbox import outbox

    first, second, request = asked
    approver = browser_of(Role.APPROVER)
    page = text_of(approver.get("/review/loosenings/"))
    assert first.school.name in page
    assert f"残るもの: {second.school.name} 1世帯" in page
    assert first.number not in page
    assert first.guardian_name not in page
    assert approver.post(f"/review/loosenings/{request.pk}/approve/").status_code == 302
    assert CanaryHousehold.objects.get() == second
    request.refresh_from_db()
    assert (request.state, request.before) == ("approved", "2世帯")
    told = outbox.filter(event__in=["watch:loosening:proposed", "watch:canary:removed"])
    assert {event.event: event.detail.get("種類", "") for event in told} == {
        "watch:loosening:proposed": "おとりの世帯の除去",
        "watch:canary:removed": "",
    }


def test_who_asked_does_not_approve_and_a_refusal_leaves_it(asked: Any) -> None:
    from accounts.errors import SamePerson
    from accounts.models import User
    from audit.detection import tuning

    first, _, request = asked
    keeper = User.objects.get(username="canary-keeper")
    with pytest.raises(SamePerson):
        tuning.approve(request.pk, keeper)
    tuning.withdraw(request.pk, make_person("canary-second", Role.APPROVER))
    assert CanaryHousehold.objects.filter(pk=first.pk).exists()


def test_of_two_removals_that_wait_the_second_does_not_take_the_last(asked: Any) -> None:
    from accounts.models import User
    from audit.detection import tuning
    from audit.detection.errors import LooseningClosed
    from audit.detection.models import Loosening
    from domain.households.canaries import ask_removal

    _, second, request = asked
    ask_removal(second, User.objects.get(username="canary-keeper"))
    approver = make_person("canary-second", Role.APPROVER)
    tuning.approve(request.pk, approver)
    with pytest.raises(LooseningClosed):
        tuning.approve(Loosening.objects.get(canary=second.pk).pk, approver)
    assert CanaryHousehold.objects.get() == second


def test_the_trail_does_not_say_which_it_is(canary: CanaryHousehold) -> None:
    from tests.support.outbox import outbox

    event = outbox.get(event="watch:canary:placed")
    assert (event.subjects, event.detail) == ([], {})


def test_the_first_roster_brings_one_that_looks_like_the_others_and_no_total_counts_it(
    take_in: Any, school: School
) -> None:
    """Of a prefecture that knew no school when it was brought in. What the board counts and lists stays what the roster says."""
    from accounts.models import User
    from config.home.counts import expected_statements
    from domain.statements.models import Statement
    from domain.statements.services import open_statements

    roster = take_in()
    canary = CanaryHousehold.objects.get()
    home = Household.objects.get()
    assert (canary.school, canary.placed_by) == (school, "導入時の登録")
    assert re.sub(r"\d", "0", canary.number) == re.sub(r"\d", "0", home.number)
    board = browser_of(Role.BOARD_OFFICER)
    assert expected_statements(User.objects.get(pk=board.session["_auth_user_id"])) == 1
    assert open_statements(2025) == 1
    assert [row.household for row in Statement.objects.all()] == [home]
    for address in (
        "/",
        "/households/",
        "/statements/",
        "/payments/",
        "/reports/",
        f"/households/imports/{roster.pk}/",
    ):
        page = text_of(board.get(address, follow=True))
        assert canary.number not in page, address
        assert canary.child_name not in page, address
        assert canary.guardian_name not in page, address


def test_one_that_was_taken_away_does_not_come_back(take_in: Any) -> None:
    from audit.detection import tuning
    from audit.detection.models import Loosening
    from domain.households.canaries import ask_removal, place
    from tests.domain.households.roster.books import household

    take_in()
    first = CanaryHousehold.objects.get()
    keeper = make_person("canary-keeper", Role.SECURITY_MANAGER)
    second = place(first.school, keeper)
    ask_removal(first, keeper)
    tuning.approve(Loosening.objects.get().pk, make_person("canary-second", Role.APPROVER))
    take_in(households=[household(住所="奈良市見本町9丁目9番9号")])
    assert CanaryHousehold.objects.get() == second


def test_one_from_before_the_first_roster_takes_the_shape_of_the_numbers_that_come(
    take_in: Any, school: School
) -> None:
    from domain.households.canaries import seed

    assert seed()
    assert not seed()
    before = CanaryHousehold.objects.get()
    take_in()
    after = CanaryHousehold.objects.get()
    assert after.pk == before.pk
    shape = re.sub(r"\d", "0", Household.objects.values_list("number", flat=True).get())
    assert re.sub(r"\d", "0", before.number) != shape
    assert re.sub(r"\d", "0", after.number) == shape


SORTS = ("number", "-number", "guardian_kana", "-guardian_kana")


@pytest.fixture
def crowd(school: School, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Eleven households of one name, five on a page, and three made-up ones: first, on a border of pages, and last."""
    from domain.households import canaries
    from domain.households.views import households

    monkeypatch.setattr(households, "PER_PAGE", 5)
    homes = [make_home(school, 10 * n) for n in range(1, 12)]
    keeper = make_person("canary-keeper", Role.SECURITY_MANAGER)
    for n in (1, 51, 999):
        made = canaries.place(school, keeper)
        names = {
            "guardian_name": f"見本　太郎{n}",
            "guardian_kana": f"みほん　たろう{n:03d}",
            "child_name": f"見本　髙子{n}",
        }
        CanaryHousehold.objects.filter(pk=made.pk).update(number=f"H29-{n:06d}", **names)
    return sorted([home.number for home in homes] + [f"H29-{n:06d}" for n in (1, 51, 999)])


def numbers_of(page: str) -> list[str]:
    return re.findall(r'<a href="/households/\d+/">(H29-\d{6})</a>', page)


@pytest.mark.parametrize("sort", SORTS)
def test_it_stands_where_the_order_puts_it_and_no_other_is_lost(crowd: list[str], sort: str) -> None:
    from audit.trail.entries import Subject
    from audit.trail.reader import Filters
    from audit.trail.reader import search as trail

    board = browser_of(Role.BOARD_OFFICER)
    search(board, "見本")
    pages = [text_of(board.get(f"/households/?searched=1&sort={sort}&page={n}")) for n in (1, 2, 3)]
    assert [len(numbers_of(page)) for page in pages] == [5, 5, 4]
    assert [number for page in pages for number in numbers_of(page)] == (crowd[::-1] if sort.startswith("-") else crowd)
    assert all("14世帯" in page and "全14件" in page for page in pages)
    # The trail has them in the same order: who reads it learns nothing either.
    shown = re.findall(r'<th scope="row"><a href="/households/(\d+)/"', pages[-1])
    event = trail(Filters(prefix="read:search:shown", subject=Subject("household", shown[0]), limit=1))[0]
    assert [subject.id for subject in event.subjects] == shown


def test_a_line_of_it_is_written_like_any_other(crowd: list[str]) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    search(board, "見本")
    rows = re.findall(r"<tr data-row>.*?</tr>", text_of(board.get("/households/?searched=1")), re.DOTALL)
    shapes = {re.sub(r"\d+", "0", re.sub(r"<td>奈良市[^<]+</td>", "<td>奈良市</td>", row)) for row in rows}
    assert (len(rows), len(shapes)) == (5, 1)


def test_a_search_that_finds_one_asks_the_database_as_often_as_any_other(crowd: list[str]) -> None:
    from django.test.utils import CaptureQueriesContext

    board = browser_of(Role.BOARD_OFFICER)
    asked = []
    for words in ("H29-00001", "H29-000001", "H29-00002"):
        search(board, words)
        with CaptureQueriesContext(connection) as context:
            asked.append((numbers_of(text_of(board.get("/households/?searched=1"))), len(context)))
    assert [found for found, _ in asked] == [["H29-000010"], ["H29-000001"], ["H29-000020"]]
    assert len({queries for _, queries in asked}) == 1


@pytest.mark.parametrize("words", ["h29-000999", "Ｈ２９－０００９９９", "髙子"])
def test_words_find_it_as_they_find_a_household(crowd: list[str], words: str) -> None:
    board = browser_of(Role.BOARD_OFFICER)
    search(board, words)
    assert "H29-000999" in numbers_of(text_of(board.get("/households/?searched=1&sort=-number")))


def test_it_is_written_like_the_households_of_its_school(school: School) -> None:
    from domain.households.canaries import place

    make_home(school, 1, guardian_name="見本 太郎", guardian_kana="ミホン タロウ", address="奈良県桜井市見本町1丁目")
    made = place(school, make_person("canary-keeper", Role.SECURITY_MANAGER))
    assert re.fullmatch(r"[ァ-ヶ]+ [ァ-ヶ]+", made.guardian_kana)
    assert re.fullmatch(r"\S+ \S+", made.child_name)
    assert re.fullmatch(r"奈良県桜井市見本町[2-9]丁目", made.address)


def test_its_page_says_what_the_pages_of_its_school_say(school: School) -> None:
    """A 級地 that no household there has, or a blank where all others have something, would tell which it is."""
    from domain.households.canaries import place

    bank = {
        "bank_code": "0001",
        "bank_name": "見本銀行",
        "branch_code": "001",
        "branch_name": "見本支店",
        "account_type": "1",
    }
    own = {"winter_zone": 3, "living_cost_grade": "3-2", "postal_code": "6390001", "phone": "074-000-0012"}
    for n in (1, 2):
        make_home(school, n, **own, **bank, account_number=f"123456{n}", account_holder="ミホン タロウ")
    make_home(school, 3, **own | {"living_cost_grade": "1-1"}, address="見本市秘匿町", address_hidden=True)
    made = place(school, make_person("canary-keeper", Role.SECURITY_MANAGER))
    page = text_of(browser_of((Role.SCHOOL_CLERK, "S29001")).get(f"/households/{made.pk}/"))
    assert "Ⅲ区・3級地-2" in page
    assert "639-0001" in page
    assert re.search(r"074-000-\d{4}", page)
    assert "見本銀行 見本支店 普通" in page
    assert made.facts["phone"] not in ("", "074-000-0012")
    assert not Household.objects.filter(account_number=made.facts["account_number"]).exists()


def test_one_from_before_the_first_roster_moves_to_a_town_of_the_prefecture(take_in: Any, school: School) -> None:
    from domain.households.canaries import seed

    assert seed()
    assert CanaryHousehold.objects.get().facts == {}
    take_in()
    home, after = Household.objects.get(), CanaryHousehold.objects.get()
    town = ("postal_code", "winter_zone", "living_cost_grade", "bank_code", "branch_code")
    assert [after.facts[name] for name in town] == [getattr(home, name) for name in town]
