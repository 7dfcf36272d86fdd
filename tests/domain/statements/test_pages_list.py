"""The list of 調書: whose, narrowed how, in which order, and what the trail hears."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from domain.linkage.models import Inquiry
from jobs.models import Job
from jobs.running import run_job
from tests.domain.statements import people
from tests.support import records


def test_a_clerk_sees_the_own_schools_statements(in_a: Any) -> None:
    own, foreign = people.computed(), people.computed(records.school("S02"))
    shown = people.text(people.clerk_of().get("/statements/"))
    assert own.household.number in shown
    assert foreign.household.number not in shown
    assert "全1件" in shown


def test_the_board_sees_every_school_and_may_narrow_to_one(in_a: Any) -> None:
    own, other = people.computed(), people.computed(records.school("S02"))
    board = people.browser_of(Role.BOARD_OFFICER)
    assert other.household.number in people.text(board.get("/statements/"))
    narrowed = people.text(board.get("/statements/", {"school": "S01"}))
    assert own.household.number in narrowed
    assert other.household.number not in narrowed


@pytest.mark.parametrize("role", [Role.MONITOR, Role.TENANT_ADMIN, Role.SECURITY_MANAGER])
def test_no_permission_is_403(in_a: Any, role: Role) -> None:
    browser = people.browser_of(role)
    for address in ("/statements/", "/statements/forward/", "/statements/review/", "/statements/review/decide/"):
        people.text(browser.get(address), 403)


def test_nobody_is_led_to_the_log_in(in_a: Any) -> None:
    from tests.platform.accounts.sign_in import client_of

    response = client_of("kou.localhost").get("/statements/")
    assert response.status_code == 302
    assert "/login/" in response["Location"]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"state": "computed"}, {"done"}),
        ({"state": "checking"}, {"lacking"}),
        ({"category": "1"}, {"done"}),
        ({"category": "none"}, {"lacking"}),
        ({"standing": "open"}, {"done"}),
        ({"standing": "firm"}, set()),
        ({"state": "no such state"}, {"done", "lacking"}),
    ],
)
def test_narrowing(in_a: Any, parameters: dict[str, str], expected: set[str]) -> None:
    found = {"done": people.computed(), "lacking": people.lacking()}
    assert found["done"].computations.get().category == 1
    shown = people.text(people.clerk_of().get("/statements/", parameters))
    assert {name for name, statement in found.items() if statement.household.number in shown} == expected


def test_those_that_wait_for_a_certificate_or_a_comparison(in_a: Any) -> None:
    home = records.family()
    people.answer(home, state=Inquiry.State.NOT_FOUND, match=Inquiry.Match.NONE, answer=None)
    doubted = records.family()
    people.answer(doubted, match=Inquiry.Match.REVIEW)
    for one in (home, doubted):
        people.compute(people.opened_of(one))
    clerk = people.clerk_of()
    certificate = people.text(clerk.get("/statements/", {"waiting": "certificate"}))
    match = people.text(clerk.get("/statements/", {"waiting": "match"}))
    assert home.number in certificate
    assert doubted.number not in certificate
    assert doubted.number in match
    assert home.number not in match


def test_a_search_finds_names_and_numbers_and_keeps_words_out_of_the_address(in_a: Any, heard: list[Any]) -> None:
    wanted = people.computed(guardian_name="髙﨑 さくら")
    other = people.computed(guardian_name="別人 太郎")
    clerk = people.clerk_of()
    for words in ("髙﨑", wanted.household.number):
        heard.clear()
        response = clerk.post("/statements/", {"text": words}, follow=True)
        shown = people.text(response)
        assert wanted.household.number in shown
        assert other.household.number not in shown
        assert words not in response.redirect_chain[-1][0]
        [event] = [row for row in heard if row["event"].startswith("read:")]
        assert event["event"] == "read:search:shown"
        assert event["detail"]["criteria"] == ["words"]
        assert event["subjects"] == [{"kind": "statement", "id": str(wanted.pk)}]
        assert words not in str(event)


def test_an_individual_number_is_no_search_word(in_a: Any, heard: list[Any]) -> None:
    shown = people.text(people.clerk_of().post("/statements/", {"text": "1234 5678 9018"}))
    assert "個人番号では検索できません" in shown
    assert "5678" not in shown


def test_order_follows_the_address(in_a: Any) -> None:
    poor, rich = people.computed(), people.computed()
    Inquiry.objects.filter(member__household=rich.household, answer__total_income=3_000_000).update(
        answer=people.ANSWER | {"total_income": 9_000_000}
    )
    people.compute(rich)
    clerk = people.clerk_of()

    def first(sort: str) -> bool:
        shown = people.text(clerk.get("/statements/", {"sort": sort}))
        return shown.index(poor.household.number) < shown.index(rich.household.number)

    for key in ("income", "ratio", "category"):
        assert first(key)
        assert not first(f"-{key}")
    assert "8,555,000" in people.text(clerk.get("/statements/"))


def test_the_number_of_queries_does_not_grow(in_a: Any) -> None:
    for _ in range(2):
        people.computed()
    board = people.browser_of(Role.BOARD_OFFICER)
    before = people.queries(board, "/statements/")
    for _ in range(6):
        people.computed()
    assert people.queries(board, "/statements/") == before


def test_names_are_shown_as_text(in_a: Any) -> None:
    people.computed(guardian_name="<script>alert(1)</script>")
    shown = people.text(people.clerk_of().get("/statements/"))
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


def test_nothing_is_shown_when_the_trail_is_away(in_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from audit.trail.recorder import TrailUnavailable

    statement, clerk = people.computed(), people.clerk_of()

    def away(*_: Any, **__: Any) -> None:
        raise TrailUnavailable

    monkeypatch.setattr("domain.statements.views.listing.record_access", away)
    monkeypatch.setattr("domain.statements.views.detail.record_access", away)
    for address in ("/statements/", f"/statements/{statement.pk}/"):
        assert statement.household.number not in people.text(clerk.get(address), 503)


def test_a_clerk_has_the_own_school_computed_by_a_job(in_a: Any) -> None:
    people.answer(own := records.family())
    people.answer(foreign := records.family(records.school("S02")))
    clerk = people.clerk_of()
    shown = people.text(clerk.post("/statements/compute/", follow=True))
    job = Job.objects.get(kind="statements.compute")
    assert str(job.pk) in shown
    assert job.args["schools"] == ["S01"]
    run_job(job.pk)
    assert own.statements.get().state == "computed"
    assert foreign.statements.get().state == "intake"
    again = clerk.post("/statements/compute/")
    assert str(job.pk) not in again["Location"]
