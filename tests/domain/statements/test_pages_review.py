"""審査 by exception, 決定伺い, and the second person's decision."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest

from accounts.roles import Role
from domain.households.models import Household
from domain.linkage.models import Inquiry
from domain.statements import services
from domain.statements.models import Determination, Statement
from jobs.models import Job
from jobs.running import run_job
from tests.domain.statements import people
from tests.support import records
from tests.support.outbox import outbox
from tests.support.records import YEAR

FORM = {"document_number": "7教特第１号", "effective_from": "R7.4.1"}


@pytest.fixture
def firm(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every figure of the packs were law, so that something can be 異常なし."""
    standings = ("statute", "published", "derived", "operator")
    monkeypatch.setattr("domain.statements.queries.review.FIRM", standings)


def board() -> Any:
    return people.browser_of(Role.BOARD_OFFICER)


def last_year(home: Household, *, category: int, income: int) -> None:
    """A determination of the year before, by two people."""
    statement = Statement.objects.create(
        household=home, fiscal_year=YEAR - 1, school=home.statements.get().school, state=Statement.State.NOTICED
    )
    run = home.statements.get(fiscal_year=YEAR).computations.get()
    run.pk, run.statement, run.income, run.category = None, statement, income, category
    run.save()
    Determination.objects.create(
        statement=statement,
        computation=run,
        household_category=category,
        effective_from=datetime.date(YEAR - 1, 4, 1),
        proposed_by="a",
        approved_by="b",
    )


def tab(browser: Any, name: str) -> str:
    return people.text(browser.get("/statements/review/", {"tab": name}))


def test_figures_that_are_not_confirmed_are_a_reason(in_a: Any) -> None:
    statement = people.forwarded()
    shown = people.text(board().get("/statements/review/"))
    assert statement.household.number in shown
    assert "規則が未確認 1件" in shown


def test_last_year_beside_this_year_gives_two_reasons(in_a: Any, firm: None) -> None:
    changed, moved, same = people.forwarded(), people.forwarded(), people.forwarded()
    last_year(changed.household, category=3, income=2_555_000)
    last_year(moved.household, category=1, income=1_000_000)
    last_year(same.household, category=1, income=2_500_000)
    browser = board()
    shown = tab(browser, "changed")
    assert changed.household.number in shown
    assert "Ⅲ" in shown
    assert moved.household.number not in shown
    shown = tab(browser, "moved")
    assert moved.household.number in shown
    assert "＋1,555,000" in shown
    assert same.household.number not in shown
    shown = tab(browser, "clear")
    assert same.household.number in shown
    assert changed.household.number not in shown


def test_a_full_decline_last_year_counts_as_another_category(in_a: Any, firm: None) -> None:
    statement = people.forwarded()
    last_year(statement.household, category=1, income=2_555_000)
    Determination.objects.update(household_category=None)
    assert statement.household.number in tab(board(), "changed")


def test_residents_who_do_not_match_are_a_reason_until_accepted(in_a: Any, firm: None) -> None:
    statement = people.forwarded()
    mother = statement.household.members.get(relation="母")
    inquiry = people.ask(statement.household, mother, Inquiry.Kind.RESIDENT, match=Inquiry.Match.REVIEW)
    browser = board()
    assert statement.household.number in tab(browser, "resident")
    inquiry.settlement = Inquiry.Settlement.ACCEPTED
    inquiry.save()
    assert statement.household.number not in tab(browser, "resident")
    assert statement.household.number in tab(browser, "clear")


def test_chosen_rows_are_proposed_and_no_others(in_a: Any) -> None:
    chosen, other = people.forwarded(), people.forwarded()
    at_school = people.computed()
    browser = board()
    values = FORM | {"tab": "open", "scope": "selected", "statement": [chosen.pk, at_school.pk]}
    shown = people.text(browser.post("/statements/review/propose/", values, follow=True))
    assert "1件の決定を起案しました（7教特第1号）" in shown
    determination = Determination.objects.get()
    assert determination.statement == chosen
    assert determination.proposed_by == browser.person.username
    other.refresh_from_db()
    assert other.state == Statement.State.FORWARDED


def test_a_number_that_is_proposed_already_is_said_to_join_the_document(in_a: Any) -> None:
    first, second = people.forwarded(), people.forwarded()
    browser = board()

    def proposed(statement: Statement) -> str:
        values = FORM | {"tab": "open", "scope": "selected", "statement": [statement.pk]}
        return people.text(browser.post("/statements/review/propose/", values, follow=True))

    joined = "決裁番号「7教特第1号」には、決定を待つ起案がすでに1件あります"
    assert joined not in proposed(first)
    assert joined in proposed(second)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"document_number": ""}, "決裁番号を入力してください"),
        ({"document_number": "123456789018"}, "個人番号と同じ形の12桁は使えません"),
        ({"effective_from": "R8.4.1"}, "この年度の日付"),
        ({"effective_from": "H40.4.1"}, "適用日"),
        ({"statement": []}, "起案する調書を選んでください"),
    ],
)
def test_a_wrong_proposal_is_explained_and_proposes_nothing(in_a: Any, changes: dict[str, Any], message: str) -> None:
    statement = people.forwarded()
    values = FORM | {"tab": "open", "scope": "selected", "statement": [statement.pk]} | changes
    assert message in people.text(board().post("/statements/review/propose/", values), 422)
    assert not Determination.objects.exists()


def test_a_whole_tab_is_proposed_by_a_job(in_a: Any) -> None:
    statements = [people.forwarded() for _ in range(3)]
    browser = board()
    stale = FORM | {"tab": "open", "scope": "all", "count": "2"}
    assert "件数が変わりました（2件→3件）" in people.text(browser.post("/statements/review/propose/", stale), 422)
    shown = people.text(browser.post("/statements/review/propose/", stale | {"count": "3"}, follow=True))
    job = Job.objects.get(kind="statements.propose")
    assert f"job-{job.pk}" in shown
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.counts) == ("succeeded", {"起案": 3})
    assert set(Determination.objects.values_list("statement", flat=True)) == {each.pk for each in statements}


def anew(statement: Statement) -> None:
    """Sent back, computed on another income, forwarded again."""
    services.send_back(statement, "所得を確かめてください", records.staff(Role.BOARD_OFFICER))
    services.record_certificate(statement, statement.household.members.get(relation="父"), {"total_income": 9_000_000})
    people.compute(statement)
    services.forward(statement.school, YEAR, records.staff(Role.PRINCIPAL))


def test_what_became_another_category_meanwhile_is_not_proposed_unseen(in_a: Any) -> None:
    statement, other = people.forwarded(), people.forwarded()
    browser = board()
    shown = tab(browser, "open")
    hidden = dict(re.findall(r'<input type="hidden" name="(count|seen|seen_at|run\d+)" value="([^"]*)">', shown))
    anew(statement)
    stale = FORM | hidden | {"tab": "open"}
    for chosen in ({"scope": "all"}, {"scope": "selected", "statement": [statement.pk]}):
        answer = people.text(browser.post("/statements/review/propose/", stale | chosen), 422)
        assert "画面を開いた後に、調書か区分が変わりました。まだ起案していません" in answer
        assert "<td>進達済 Ⅰ</td><td>進達済 Ⅲ</td>" in answer
        assert "画面を開いた後に変わった調書（1件）" in answer
    assert not Determination.objects.exists()
    chosen = stale | {"scope": "selected", "statement": [other.pk]}
    assert "1件の決定を起案しました" in people.text(browser.post("/statements/review/propose/", chosen, follow=True))


def test_nothing_clear_is_proposed_before_a_sample_was_opened(in_a: Any, firm: None) -> None:
    statements = [people.forwarded() for _ in range(4)]
    browser = board()
    values = FORM | {"tab": "clear", "scope": "all", "count": "4"}
    shown = tab(browser, "clear")
    assert "あと3件を開いて確かめてください" in shown
    assert "すべてを起案する" not in shown
    for n, statement in enumerate(statements[:3]):
        assert f"あと{3 - n}件" in people.text(browser.post("/statements/review/propose/", values), 422)
        people.text(browser.get(f"/statements/{statement.pk}/"))
    shown = tab(browser, "clear")
    assert f"{browser.person.display_name}さんが今回のログインで開いた調書" in shown
    assert "4件すべてを起案する" in shown
    assert browser.post("/statements/review/propose/", values).status_code == 302
    reviewed = outbox.filter(event="statement:record:reviewed")
    assert {row.subjects[0]["id"] for row in reviewed} == {str(each.pk) for each in statements[:3]}


def test_what_somebody_else_opened_is_not_the_own_sample(in_a: Any, firm: None) -> None:
    statement = people.forwarded()
    people.text(board().get(f"/statements/{statement.pk}/"))
    values = FORM | {"tab": "clear", "scope": "selected", "statement": [statement.pk]}
    assert "あと1件" in people.text(board().post("/statements/review/propose/", values), 422)


def test_who_may_review_but_not_propose(in_a: Any) -> None:
    people.forwarded()
    browser = people.browser_of(Role.APPROVER)
    assert "起案する" not in people.text(browser.get("/statements/review/"))
    people.text(browser.post("/statements/review/propose/", FORM | {"tab": "open", "scope": "all", "count": "1"}), 403)
    people.text(people.clerk_of().get("/statements/review/"), 403)


def test_the_number_of_review_queries_does_not_grow(in_a: Any) -> None:
    people.forwarded()
    browser = board()
    before = people.queries(browser, "/statements/review/?tab=open")
    for _ in range(4):
        people.forwarded()
    assert people.queries(browser, "/statements/review/?tab=open") == before


def proposed(how_many: int = 2, number: str = "7教特第1号") -> list[Statement]:
    statements = [people.forwarded() for _ in range(how_many)]
    officer = records.staff(Role.BOARD_OFFICER)
    services.propose([each.pk for each in statements], officer, number, datetime.date(YEAR, 4, 1))
    return statements


def decide(browser: Any, number: str = "7教特第1号", count: int = 2) -> str:
    values = {"document_number": number, "count": str(count)}
    return people.text(browser.post("/statements/review/decide/", values, follow=True))


def test_the_second_person_decides_a_document_by_a_job(in_a: Any) -> None:
    statements, others = proposed(), proposed(1, "7教特第2号")
    browser = people.browser_of(Role.APPROVER)
    shown = people.text(browser.get("/statements/review/decide/"))
    assert "7教特第1号（2件）" in shown
    assert "令和7年4月1日 から確定" in shown
    job_page = decide(browser)
    job = Job.objects.get(kind="statements.approve")
    assert f"job-{job.pk}" in job_page
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.counts) == ("succeeded", {"決定": 2})
    assert {Statement.objects.get(pk=each.pk).state for each in statements} == {"decided"}
    assert Statement.objects.get(pk=others[0].pk).state == "proposed"
    approvers = set(Determination.objects.exclude(approved_by=None).values_list("approved_by", flat=True))
    assert approvers == {browser.person.username}
    assert "決定済みか、差し戻されています" in decide(browser)


def test_one_person_cannot_do_both(in_a: Any) -> None:
    statement = people.forwarded()
    browser = people.browser_of(Role.BOARD_OFFICER, Role.APPROVER)
    services.propose([statement.pk], browser.person, "7教特第1号", datetime.date(YEAR, 4, 1))
    shown = people.text(browser.get("/statements/review/decide/"))
    assert "あなたが起案したものが含まれています" in shown
    assert ">決定する</button>" not in shown
    assert "起案した本人は承認・確認できません" in decide(browser, count=1)
    assert not Job.objects.exists()


def test_a_changed_count_decides_nothing(in_a: Any) -> None:
    proposed()
    assert "件数が変わりました" in decide(people.browser_of(Role.APPROVER), count=3)
    assert not Job.objects.exists()


def test_a_document_that_was_proposed_anew_meanwhile_is_not_decided_unseen(in_a: Any) -> None:
    statement = proposed()[0]
    browser = people.browser_of(Role.APPROVER)
    shown = people.text(browser.get("/statements/review/decide/"))
    hidden = dict(re.findall(r'<input type="hidden" name="(document_number|count|newest)" value="([^"]*)">', shown))
    anew(statement)
    services.propose([statement.pk], records.staff(Role.BOARD_OFFICER), "7教特第1号", datetime.date(YEAR, 4, 1))
    told = people.text(browser.post("/statements/review/decide/", hidden, follow=True))
    assert "この決裁番号の調書が入れ替わったか、起案し直されました（件数は同じです）" in told
    assert not Job.objects.exists()
    assert services.approve([statement.pk], browser.person, int(hidden["newest"])) == 0


def test_deciding_asks_for_a_fresh_one_time_password(in_a: Any, settings: Any) -> None:
    proposed()
    browser = people.browser_of(Role.APPROVER)
    settings.STEP_UP_SECONDS = 0
    response = browser.post("/statements/review/decide/", {"document_number": "7教特第1号", "count": "2"})
    assert response.status_code == 302
    assert "/step-up/" in response["Location"]
    assert not Job.objects.exists()


def test_an_officer_sees_the_documents_but_cannot_decide(in_a: Any) -> None:
    proposed()
    browser = board()
    assert "決定できるのは承認者です" in people.text(browser.get("/statements/review/decide/"))
    people.text(browser.post("/statements/review/decide/", {"document_number": "7教特第1号", "count": "2"}), 403)


def test_the_number_of_deciding_queries_does_not_grow(in_a: Any) -> None:
    proposed(1)
    browser = people.browser_of(Role.APPROVER)
    before = people.queries(browser, "/statements/review/decide/")
    proposed(3, "7教特第2号")
    assert people.queries(browser, "/statements/review/decide/") == before
