"""Two people at one 調書: what the other saved is told before it is overwritten; and what was typed by mistake can be taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from domain.statements import services
from domain.statements.models import FactsChoice, Statement
from tests.domain.statements import people
from tests.domain.statements.test_choosing import WHY, entered
from tests.domain.statements.test_pages_detail import address, amounts

FATHER = {"total_income": "2,450,000", "social_insurance": "300,000", "life_insurance": "40,000"}


def page_of(browser: Any, statement: Statement) -> dict[str, str]:
    """What a browser sends back of the grid when nothing is typed."""
    shown = people.text(browser.get(address(statement, "certificates/")))
    sent = {}
    for tag in re.findall(r"<input [^>]*>", shown):
        named = re.search(r'name="((?:seen-)?m\d+-\w+)"', tag)
        if named:
            value = re.search(r'value="([^"]*)"', tag)
            sent[named[1]] = value[1] if value else ""
    return sent


def stored(statement: Statement, relation: str) -> tuple[str, int | None, int | None]:
    facts = statement.facts.get(member__relation=relation)
    return facts.source, facts.total_income, facts.life_insurance


@pytest.fixture
def statement(in_a: Any) -> Statement:
    return people.lacking()


def test_a_stale_tab_overwrites_nothing_and_loses_nothing(statement: Statement) -> None:
    one, other, where = people.clerk_of(), people.clerk_of(), address(statement, "certificates/")
    stale = page_of(other, statement)
    one.post(where, page_of(one, statement) | amounts(statement, "父", **FATHER))
    typed = amounts(statement, "父", total_income="1") | amounts(statement, "母", total_income="77")
    shown = people.text(other.post(where, stale | typed), 422)
    assert "ほかの人が見本 太郎さんの値を変えました。まだ保存していません" in shown
    assert "ほかの人が「2,450,000」に変えました" in shown
    assert stored(statement, "父") == ("certificate", 2_450_000, 40_000)
    for kept in ('value="1"', 'value="77"', 'value="40,000"'):
        assert kept in shown, kept
    # What was refused shows what stands now; sent again, only what this person typed replaces it.
    now = {f"seen-{name}": value for name, value in amounts(statement, "父", **FATHER).items()}
    people.text(
        other.post(where, stale | now | amounts(statement, "父", **FATHER) | typed | {"confirmed": "1"}, follow=True)
    )
    assert stored(statement, "父") == ("certificate", 1, 40_000)
    assert stored(statement, "母") == ("certificate", 77, None)


def test_a_row_that_only_the_other_changed_is_told_and_stays(statement: Statement) -> None:
    one, other, where = people.clerk_of(), people.clerk_of(), address(statement, "certificates/")
    stale = page_of(other, statement)
    one.post(where, page_of(one, statement) | amounts(statement, "父", **FATHER))
    shown = people.text(other.post(where, stale | amounts(statement, "母", total_income="0")), 422)
    assert "見本 太郎さんの値を変えました" in shown
    assert 'value="2,450,000"' in shown
    assert statement.facts.get(member__relation="母").total_income is None


def test_an_emptied_row_is_taken_back_with_its_history(statement: Statement) -> None:
    clerk, where = people.clerk_of(), address(statement, "certificates/")
    typed = amounts(statement, "父", **FATHER) | amounts(statement, "母", total_income="0")
    clerk.post(where, typed | amounts(statement, "子", total_income="500,000"))
    before = statement.computations.order_by("-sequence")[0].income
    emptied = dict.fromkeys(amounts(statement, "子", total_income="", social_insurance=""), "")
    shown = people.text(clerk.post(where, page_of(clerk, statement) | emptied, follow=True))
    assert "さんの証明書の値を取り消しました" in shown
    assert "変更はありませんでした" not in shown
    assert "さんの所得証明書の値を取り消した（総所得金額 500,000円）" in shown
    assert stored(statement, "子") == ("not_needed", None, None)
    after = statement.computations.order_by("-sequence")[0].income
    assert before is not None
    assert after == before - 500_000


def test_a_deduction_that_was_emptied_does_not_count_any_more(statement: Statement) -> None:
    clerk, where = people.clerk_of(), address(statement, "certificates/")
    clerk.post(where, amounts(statement, "父", **FATHER) | amounts(statement, "母", total_income="0"))
    before = statement.computations.order_by("-sequence")[0].income
    clerk.post(where, page_of(clerk, statement) | amounts(statement, "父", social_insurance=""))
    assert statement.facts.get(member__relation="父").social_insurance is None
    after = statement.computations.order_by("-sequence")[0].income
    assert before is not None
    assert after == before + 300_000


def test_a_chosen_certificate_that_is_taken_back_gives_way_to_the_answer(in_a: Any) -> None:
    statement, father = entered()
    services.choose(statement, father, FactsChoice.Stands.CERTIFICATE, WHY)
    services.remove_certificate(statement, father)
    people.compute(statement)
    assert stored(statement, "父")[:2] == ("inquiry", 9_000_000)
    shown = people.text(people.clerk_of().get(address(statement, f"members/{father.pk}/source/")))
    assert "まだ入力していません" in shown


def test_a_choice_is_bound_to_the_amounts_that_were_shown(in_a: Any) -> None:
    statement, father = entered()
    clerk, where = people.clerk_of(), address(statement, f"members/{father.pk}/source/")
    found = re.search(r'name="seen" value="(\w+)"', people.text(clerk.get(where)))
    assert found
    services.record_certificate(statement, father, {"total_income": 1})
    sent = {"stands": "certificate", "reason": WHY, "seen": found[1]}
    shown = people.text(clerk.post(where, sent), 422)
    assert "証明書か回答の値、または算定に使う所得が変わりました" in shown
    assert WHY in shown
    assert not FactsChoice.objects.exists()
