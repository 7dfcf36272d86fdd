"""進達: what goes, what stays and why, and the principal's act."""

from __future__ import annotations

import re
from typing import Any

from accounts.roles import Role
from domain.linkage.models import Inquiry
from domain.statements import services
from domain.statements.models import Statement
from tests.domain.statements import people
from tests.support import records


def principal_of(school: str = "S01") -> Any:
    return people.browser_of((Role.PRINCIPAL, school))


def sent_by(browser: Any) -> dict[str, str]:
    """What the button of the page sends."""
    shown = people.text(browser.get("/statements/forward/", {"school": "S01"}))
    return dict(re.findall(r'<input type="hidden" name="(school|count|seen|seen_at)" value="([^"]*)">', shown))


def test_the_page_asks_and_says_what_stays_behind(in_a: Any) -> None:
    people.computed()
    people.lacking(guardian_name="残る 家族")
    doubted = records.family()
    people.answer(doubted, match=Inquiry.Match.REVIEW)
    people.compute(people.opened_of(doubted))
    people.opened(guardian_name="まだ 家族")
    shown = people.text(principal_of().get("/statements/forward/"))
    assert "サンプル支援学校S01の調書 1件を進達しますか" in shown
    assert "学校に残るもの 3件" in shown
    assert "所得が分からない: 父（未照会）、母（未照会）" in shown
    assert "父（突合要確認）" in shown
    assert "まだ算定していない" in shown
    assert "確かめられていない根拠" in shown


def test_forwarding_moves_what_was_shown(in_a: Any) -> None:
    ready, lacking = people.computed(), people.lacking()
    browser = principal_of()
    shown = people.text(browser.post("/statements/forward/", sent_by(browser), follow=True))
    assert "調書 1件を進達しました" in shown
    assert "進達できる調書はありません" in shown
    ready.refresh_from_db()
    lacking.refresh_from_db()
    assert (ready.state, lacking.state) == (Statement.State.FORWARDED, Statement.State.CHECKING)
    assert [step.by for step in ready.steps.all()][-1] == browser.person.display_name


def test_a_changed_count_forwards_nothing(in_a: Any) -> None:
    statement = people.computed()
    browser = principal_of()
    for seen in ("2", "", "x"):
        sent = {"school": "S01", "count": seen, "seen": "x"}
        shown = people.text(browser.post("/statements/forward/", sent), 422)
        assert "画面を開いた後に件数が変わりました" in shown
    statement.refresh_from_db()
    assert statement.state == Statement.State.COMPUTED


def test_a_category_that_changed_meanwhile_forwards_nothing_and_is_shown(in_a: Any) -> None:
    statement, same = people.computed(), people.computed()
    browser = principal_of()
    stale = sent_by(browser)
    father = statement.household.members.get(relation="父")
    services.record_certificate(statement, father, {"total_income": 9_000_000})
    people.compute(statement)
    shown = people.text(browser.post("/statements/forward/", stale), 422)
    assert "画面を開いた後に内容（区分や調書）が変わりました（件数は同じです）。まだ何も進達していません。" in shown
    assert "画面を開いた後に変わった調書（1件）" in shown
    assert "<td>算定済 Ⅰ</td><td>算定済 Ⅲ</td>" in shown
    assert shown.count(f'href="/statements/{statement.pk}/"') == 1
    assert f'href="/statements/{same.pk}/"' not in shown
    assert set(Statement.objects.values_list("state", flat=True)) == {Statement.State.COMPUTED}
    assert "2件を進達しました" in people.text(browser.post("/statements/forward/", sent_by(browser), follow=True))


def test_another_school_is_404_and_another_role_403(in_a: Any) -> None:
    statement = people.computed(records.school("S02"))
    browser = principal_of()
    people.text(browser.get("/statements/forward/", {"school": "S02"}), 404)
    people.text(browser.post("/statements/forward/", {"school": "S02", "count": "1"}), 404)
    people.text(people.clerk_of("S02").get("/statements/forward/"), 403)
    statement.refresh_from_db()
    assert statement.state == Statement.State.COMPUTED


def test_a_principal_of_several_schools_chooses_one(in_a: Any) -> None:
    people.computed()
    people.lacking(records.school("S02"))
    browser = people.browser_of(Role.PRINCIPAL)
    shown = people.text(browser.get("/statements/forward/"))
    assert "どの学校の調書を進達しますか" in shown
    assert "進達できる調書が 1件あります。学校に残る調書は 1件です。" in shown
    assert "?school=S02" in shown
    assert "進達できる調書はありません" in people.text(browser.get("/statements/forward/", {"school": "S02"}))


def test_the_number_of_queries_does_not_grow(in_a: Any) -> None:
    people.lacking()
    browser = principal_of()
    before = people.queries(browser, "/statements/forward/")
    for _ in range(4):
        people.lacking()
    assert people.queries(browser, "/statements/forward/") == before
