"""Pages of the related decisions: 再判定 and 仮決定."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from accounts.roles import Role
from domain.statements.models import Determination, Statement
from jobs.models import Job
from jobs.running import run_job
from tests.domain.payments import support as payments
from tests.domain.statements import deciders, people
from tests.domain.statements.deciders import APRIL, OCTOBER
from tests.support import records
from tests.support.records import YEAR

AGAIN = {"reason": "unemployment", "income_basis": "estimated", "effective_from": "R7.10.1", "note": "離職票を確認"}


def address(statement: Statement, act: str = "") -> str:
    return f"/statements/{statement.pk}/{act}"


@pytest.mark.parametrize("role", [(Role.SCHOOL_CLERK, "S01"), Role.BOARD_OFFICER])
def test_a_clerk_or_an_officer_begins_a_redetermination(in_a: Any, role: Any, heard: list[Any]) -> None:
    first = deciders.decided()
    browser = people.browser_of(role)
    assert people.text(browser.get(address(first))).count("年度の途中で判定しなおす") == 1
    heard.clear()
    shown = people.text(browser.get(address(first, "redetermine/")))
    assert "いまの世帯の支弁区分 Ⅰ（" in shown
    assert [row["event"] for row in heard] == ["read:statement:shown"]
    shown = people.text(browser.post(address(first, "redetermine/"), AGAIN, follow=True))
    again = first.redeterminations.get()
    for words in ("再判定の調書を作りました", "失業", "当年見込", "令和7年10月1日", "離職票を確認", "はじめの調書"):
        assert words in shown, words
    assert (again.effective_from, again.state) == (OCTOBER, Statement.State.INTAKE)
    shown = people.text(browser.get(address(first)))
    assert "からの再判定</a>" in shown
    assert "再判定</span>" in people.text(browser.get("/statements/"))


def test_what_is_wrong_with_a_beginning_is_said(in_a: Any) -> None:
    first = deciders.decided()
    clerk = people.clerk_of()
    here = address(first, "redetermine/")
    shown = people.text(clerk.post(here, {"note": "123456789018"}), 422)
    for words in ("再判定の理由を選んでください", "どの年の収入で", "12桁の数字は書けません"):
        assert words in shown, words
    shown = people.text(clerk.post(here, AGAIN | {"effective_from": "R7.4.1"}), 422)
    assert "令和7年4月1日からの決定がすでにあります" in shown
    people.text(clerk.post(here, AGAIN), 302)
    shown = people.text(clerk.post(here, AGAIN | {"effective_from": "R7.11.1"}), 422)
    assert "まだ決定していない再判定があります" in shown
    undecided = people.computed(records.school("S01"))
    shown = people.text(clerk.get(address(undecided, "redetermine/")))
    assert "決定した後に始められます" in shown
    assert "再判定を始める" not in shown


def test_the_effects_are_those_of_the_day_that_was_typed(in_a: Any) -> None:
    first = deciders.decided()
    who = first.household.members.get(relation="子").enrolments.get()
    payments.spend(who, "school_lunch", 4_000, payments.day(6))
    payments.released(payments.approved(payments.calculated(payments.opened())))
    clerk, here = people.clerk_of(), address(first, "redetermine/")
    shown = people.text(clerk.get(here))
    assert "影響します" not in shown
    assert "調書から再判定を始めてください" not in shown
    assert "例: R7.10.1" in shown
    asked = AGAIN | {"act": "effects"}
    shown = people.text(clerk.post(here, asked))
    assert "令和7年10月1日</time>からの再判定の影響" in shown
    assert "まだ支給も計算もしていません" in shown
    assert 'value="R7.10.1"' in shown
    shown = people.text(clerk.post(here, asked | {"effective_from": "R7.6.1", "reason": ""}))
    assert "支給済みの6月分" in shown
    assert "調書から再判定を始めてください" not in shown
    assert "12桁の数字は書けません" in people.text(clerk.post(here, AGAIN | {"note": "123456789018"}), 422)
    assert "123456789018" not in people.text(clerk.post(here, asked | {"note": "123456789018"}))
    assert not first.redeterminations.exists()


def test_others_may_not(in_a: Any) -> None:
    first = deciders.decided()
    for role in ((Role.PRINCIPAL, "S01"), Role.APPROVER):
        browser = people.browser_of(role)
        assert "年度の途中で判定しなおす" not in people.text(browser.get(address(first)))
        people.text(browser.get(address(first, "redetermine/")), 403)
        people.text(browser.post(address(first, "redetermine/"), AGAIN), 403)
        people.text(browser.post(address(first, "withdraw/"), {"reason": "x"}), 403)
    people.text(people.clerk_of("S02").get(address(first, "redetermine/")), 404)
    assert not first.redeterminations.exists()


def test_income_of_this_year_is_entered_and_named_so(in_a: Any) -> None:
    again = people.compute(deciders.reopened(deciders.decided()))
    clerk = people.clerk_of()
    shown = people.text(clerk.get(address(again)))
    assert "再判定の収入の基礎にする年の額を入力してください" in shown
    assert "収入の額を入力する" in shown
    assert "当年見込の収入を入力してください" in people.text(clerk.get(address(again, "certificates/")))
    deciders.enter(again, deciders.LOW)
    assert "申立て・見込" in people.text(clerk.get(address(again)))


def test_taken_back_on_the_page(in_a: Any) -> None:
    first = deciders.decided()
    again = deciders.reopened(first)
    clerk = people.clerk_of()
    assert "取り下げる" in people.text(clerk.get(address(again)))
    shown = people.text(clerk.post(address(again, "withdraw/"), {"reason": ""}, follow=True))
    assert "取り下げる理由を入力してください" in shown
    shown = people.text(clerk.post(address(again, "withdraw/"), {"reason": "復職"}, follow=True))
    assert "再判定を取り下げました" in shown
    shown = people.text(clerk.post(address(first, "withdraw/"), {"reason": "復職"}, follow=True))
    assert "にできません" in shown


def test_a_document_shows_every_day_it_decides_for(in_a: Any) -> None:
    first = deciders.decided()
    again = deciders.enter(deciders.reopened(first), deciders.LOW)
    other = people.computed()
    from domain.statements import services

    services.forward(first.school, YEAR, records.staff(Role.PRINCIPAL))
    services.propose([again.pk, other.pk], records.staff(Role.BOARD_OFFICER), "決裁3", APRIL)
    shown = people.text(people.browser_of(Role.APPROVER).get("/statements/review/decide/"))
    assert "令和7年4月1日〜令和7年10月1日（調書ごとの適用日）" in shown


# --- 仮決定 ------------------------------------------------------------------------------------------------------------


def propose(browser: Any, **values: Any) -> Any:
    data = {"document_number": "仮1", "effective_from": "R7.4.1", "scope": "all", "count": "1", "school": ""}
    return browser.post("/statements/provisional/", data | values)


def run_last(kind: str) -> Job:
    job = Job.objects.filter(kind=kind).order_by("-created_at")[0]
    run_job(job.pk)
    job.refresh_from_db()
    return job


def test_an_officer_proposes_and_an_approver_decides_by_jobs(in_a: Any, heard: list[Any]) -> None:
    statement = people.lacking()
    people.computed()
    board, approver = people.browser_of(Role.BOARD_OFFICER), people.browser_of(Role.APPROVER)
    heard.clear()
    shown = people.text(board.get("/statements/provisional/"))
    for words in ("そろわない調書 1件", "支弁区分Ⅲとして扱います", "団体設定", statement.household.number):
        assert words in shown, words
    [event] = heard
    assert (event["event"], event["subjects"]) == ("read:list:shown", [{"kind": "statement", "id": str(statement.pk)}])
    people.text(propose(board), 302)
    job = run_last("statements.propose_provisional")
    assert (job.state, job.counts["起案"], job.counts["起案できない"]) == ("succeeded", 1, 0)

    shown = people.text(approver.get("/statements/provisional/"))
    assert "ほかに仮決定の起案が" in people.text(approver.get("/statements/review/decide/"))
    for words in ("仮1", "仮決定する", "追給・戻入", "承認待ち"):
        assert words in shown, words
    here = "/statements/provisional/decide/"
    people.text(approver.post(here, {"document_number": "仮1", "count": "2"}, follow=True))
    assert not Determination.objects.exclude(approved_by=None).exists()
    people.text(approver.post(here, {"document_number": "仮1", "count": "1"}), 302)
    job = run_last("statements.approve_provisional")
    assert (job.state, job.counts["仮決定"]) == ("succeeded", 1)
    run_job(job.pk)
    assert deciders.rows_of(statement) == [(APRIL, 3)]
    assert "仮決定が要る世帯はありません" in people.text(approver.get("/statements/provisional/"))
    shown = people.text(board.get(address(statement)))
    assert "仮決定" in shown


def test_proposing_by_selection_and_what_is_refused(in_a: Any) -> None:
    one, two = people.lacking(), people.lacking()
    board = people.browser_of(Role.BOARD_OFFICER)
    assert "選んでください" in people.text(propose(board, scope="selected"), 422)
    assert "件数が変わりました" in people.text(propose(board, count="7"), 422)
    assert "決裁番号を入力" in people.text(propose(board, count="2", document_number=""), 422)
    people.text(propose(board, scope="selected", statement=[str(two.pk), "x"]), 302)
    run_last("statements.propose_provisional")
    assert [row.statement_id for row in Determination.objects.all()] == [two.pk]
    assert not one.determinations.exists()


def test_without_a_rule_nothing_is_proposed(in_a: Any, monkeypatch: Any) -> None:
    from domain.statements.views import provisional

    people.lacking()
    monkeypatch.setattr(provisional, "_rule", lambda: (None, provisional.NO_RULE))
    board = people.browser_of(Role.BOARD_OFFICER)
    shown = people.text(board.get("/statements/provisional/"))
    assert "「仮区分」の定めがありません" in shown
    assert "仮決定を起案する" not in shown
    people.text(propose(board), 422)


def test_only_the_board_proposes_and_only_another_person_decides(in_a: Any) -> None:
    statement = people.lacking()
    approver = people.browser_of(Role.APPROVER)
    people.text(people.clerk_of().get("/statements/provisional/"), 403)
    people.text(propose(approver), 403)
    both = people.browser_of(Role.BOARD_OFFICER, Role.APPROVER)
    people.text(propose(both), 302)
    run_last("statements.propose_provisional")
    assert "起案した本人は決定できません" in people.text(both.get("/statements/provisional/"))
    answer = both.post("/statements/provisional/decide/", {"document_number": "仮1", "count": "1"}, follow=True)
    assert "起案した本人" in people.text(answer)
    board = people.browser_of(Role.BOARD_OFFICER)
    people.text(board.post("/statements/provisional/decide/", {"document_number": "仮1", "count": "1"}), 403)
    assert not statement.determinations.exclude(approved_by=None).exists()
    unknown = approver.post("/statements/provisional/decide/", {"document_number": "仮9"}, follow=True)
    assert "決定済みか、取り下げられています" in people.text(unknown)


def test_the_number_of_queries_does_not_grow(in_a: Any) -> None:
    board = people.browser_of(Role.BOARD_OFFICER)
    first = deciders.decided()
    people.lacking()
    late, again = (
        people.queries(board, "/statements/provisional/"),
        people.queries(board, address(first, "redetermine/")),
    )
    for _ in range(3):
        people.lacking()
    deciders.redetermined(first)
    deciders.redetermined(first, effective_from=datetime.date(YEAR, 12, 1))
    assert people.queries(board, "/statements/provisional/") == late
    assert people.queries(board, address(first, "redetermine/")) == again
