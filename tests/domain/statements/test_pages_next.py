"""What a 調書 says comes next:算定し直し, 進達, 再判定; and the certificate page's marks and questions."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone

from accounts.roles import Role
from domain.linkage.models import Inquiry
from domain.statements import services
from domain.statements.models import Statement
from tests.domain.statements import people
from tests.support import records
from tests.support.records import YEAR


def page(browser: Any, statement: Statement, act: str = "") -> str:
    return people.text(browser.get(f"/statements/{statement.pk}/{act}"))


def test_after_the_answers_were_settled_it_asks_for_a_computation(in_a: Any) -> None:
    home = records.family()
    people.answer(home, match=Inquiry.Match.REVIEW)
    statement = people.compute(people.opened_of(home))
    clerk = people.clerk_of()
    assert "算定し直してください" not in page(clerk, statement)
    Inquiry.objects.filter(member__household=home).update(settlement="accepted", settled_at=timezone.now())
    shown = page(clerk, statement)
    assert "算定し直してください" in shown
    assert ">算定し直す<" in shown
    clerk.post(f"/statements/{statement.pk}/compute/")
    assert "算定し直してください" not in page(clerk, statement)


def test_after_a_correction_it_asks_for_a_computation(in_a: Any) -> None:
    from domain.households.correcting import correct_household

    statement = people.computed()
    with records.acting(records.staff(Role.BOARD_OFFICER)):
        correct_household(statement.household, {"winter_zone": 5}, "転記の誤り")
    assert "算定し直してください" in page(people.clerk_of(), statement)


def test_a_computed_statement_says_that_the_principal_is_next(in_a: Any) -> None:
    statement = people.computed()
    shown = page(people.clerk_of(), statement)
    assert "次は校長の進達です" in shown
    assert 'href="/statements/forward/"' not in shown
    assert 'href="/statements/forward/"' in page(people.browser_of((Role.PRINCIPAL, "S01")), statement)


def test_a_decided_statement_says_so_and_leads_to_a_redetermination(in_a: Any) -> None:
    statement = people.computed()
    Statement.objects.update(state="decided")
    clerk = people.clerk_of()
    shown = page(clerk, statement)
    assert "この調書は決定しています" in shown
    assert f'href="/statements/{statement.pk}/redetermine/"' in shown
    told = people.text(clerk.get(f"/statements/{statement.pk}/certificates/", follow=True))
    assert "支弁区分は決定しています" in told


def test_the_row_that_lacks_a_value_is_marked_and_known_values_stand_beside(in_a: Any) -> None:
    statement = people.lacking()
    assert page(people.clerk_of(), statement, "certificates/").count("data-unfinished") >= 1
    known = people.computed()
    shown = page(people.clerk_of(), known, "certificates/")
    assert "照会 3,000,000" in shown
    assert "要入力" not in shown


def test_more_insurance_than_income_is_asked_back(in_a: Any) -> None:
    statement = people.lacking()
    clerk = people.clerk_of()
    typed: dict[str, str] = {}
    for member in statement.household.members.all():
        typed |= {f"m{member.pk}-total_income": "100", f"m{member.pk}-social_insurance": "30,000"}
    here = f"/statements/{statement.pk}/certificates/"
    shown = people.text(clerk.post(here, typed))
    assert "より多くなっています" in shown
    assert not statement.facts.filter(total_income=100).exists()
    assert clerk.post(here, typed | {"confirmed": "1"}).status_code == 302
    assert statement.facts.filter(total_income=100).exists()


def test_ticks_stay_when_the_proposal_is_refused(in_a: Any) -> None:
    statement = people.forwarded()
    board = people.browser_of(Role.BOARD_OFFICER)
    wrong = {
        "tab": "open",
        "scope": "selected",
        "statement": str(statement.pk),
        "document_number": "",
        "effective_from": "R7.4.1",
    }
    shown = people.text(board.post("/statements/review/propose/", wrong), 422)
    assert f'value="{statement.pk}" checked' in shown


def test_a_returned_statement_says_why_on_top_until_it_is_forwarded_again(in_a: Any) -> None:
    statement, clerk = people.forwarded(), people.clerk_of()
    services.send_back(statement, "父の源泉徴収票を確認してください", records.staff(Role.BOARD_OFFICER))
    shown = page(clerk, statement)
    top = shown[: shown.index("構成員（")]
    for words in ("教育委員会から差し戻されています", "父の源泉徴収票を確認してください", "証明書の値を直す"):
        assert words in top, words
    people.compute(statement)
    shown = page(clerk, statement)
    assert "父の源泉徴収票を確認してください" in shown[: shown.index("構成員（")]
    assert "次は校長の進達です" in shown
    services.forward(statement.school, YEAR, records.staff(Role.PRINCIPAL))
    shown = page(clerk, statement)
    assert "父の源泉徴収票を確認してください" not in shown[: shown.index("構成員（")]


def test_the_need_is_the_same_figure_before_and_after_the_income_is_known(in_a: Any) -> None:
    statement, clerk = people.lacking(), people.clerk_of()
    before = re.search(
        r"途中の額）.*?([\d,]{7,})円?<", page(clerk, statement)[page(clerk, statement).index("需要額（年額・") :], re.S
    )
    people.answer(statement.household)
    people.compute(statement)
    run = statement.computations.order_by("-sequence")[0]
    assert before is not None
    assert before[1].replace(",", "") == str((run.annual_need_numerator or 0) // run.annual_need_denominator)


def test_the_list_leads_from_households_without_a_statement_to_where_it_is_made(in_a: Any) -> None:
    people.computed()
    opened = people.opened(guardian_name="まだ 算定前")
    clerk = people.clerk_of()
    shown = people.text(clerk.get("/statements/?state=before"))
    assert opened.household.number in shown
    assert "算定前（入力中）" in shown
    assert shown.count("<tr data-row") == 1
    assert "名簿にあって調書のまだない世帯は、「学校にある調書をまとめて算定する」で調書ができます" in shown
