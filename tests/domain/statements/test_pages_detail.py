"""One 調書: what it shows, to whom, and the acts on it."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from domain.linkage.models import Inquiry, Registration
from domain.statements.models import MemberFacts, Statement
from tests.domain.statements import people
from tests.support import records


def address(statement: Statement, act: str = "") -> str:
    return f"/statements/{statement.pk}/{act}"


def test_household_result_and_receipt_are_shown(in_a: Any, heard: list[Any]) -> None:
    statement = people.computed()
    father = statement.household.members.get(relation="父")
    Registration.objects.create(member=father, state=Registration.State.REGISTERED, known=True)
    clerk = people.clerk_of()
    heard.clear()
    shown = people.text(clerk.get(address(statement)))
    for words in (
        "見本 太郎", "ミホン タロウ", "昭和59年1月5日", "40歳", "小学校・小学部", "付番済",  # people
        "情報照会", "3,000,000", "400,000",  # facts and where they came from
        "2,555,000円", "支弁区分", "未確認", "期末一時扶助（推計）", "サンプルの値を含みます",  # result
        "年齢を数える日 令和6年12月31日",  # a day of the calculation, as people write days
        "生活扶助 第1類 見本 太郎（父） 40歳", "生活扶助 第1類の表　行 1-1/20-40", "令2条1号・保護基準 別表第1", "1.5倍に満たない",  # why
        "算定済", "令和7年度 旧保護基準による算定",  # history, pack
    ):  # fmt: skip
        assert words in shown, words
    assert "computed" not in shown
    [event] = [row for row in heard if row["event"] == "read:statement:shown"]
    assert event["subjects"] == [{"kind": "statement", "id": str(statement.pk)}]


def test_what_is_missing_stands_on_top_with_what_to_do(in_a: Any) -> None:
    home = records.family()
    people.answer(home, match=Inquiry.Match.REVIEW)
    shown = people.text(people.clerk_of().get(address(people.compute(people.opened_of(home)))))
    assert "足りないもの 2件" in shown
    assert "見本 太郎（父） の所得" in shown
    assert "照会結果の確認（突合）をしてください" in shown
    assert 'href="/linkage/reviews/?household=' in shown
    assert "members/" not in shown


def test_a_fixed_category_says_why_without_figures(in_a: Any) -> None:
    statement = people.compute(people.opened(on_welfare=True))
    shown = people.text(people.clerk_of().get(address(statement)))
    assert "支弁区分 Ⅰ（生活保護による）" in shown
    assert "未照会（この区分では不要）" in shown
    assert "足りないもの" not in shown


def test_before_any_computation_the_page_says_so(in_a: Any) -> None:
    shown = people.text(people.clerk_of().get(address(people.opened())))
    assert "まだ算定していません" in shown
    assert ">算定する<" in shown


@pytest.mark.parametrize("role", [(Role.SCHOOL_CLERK, "S01"), Role.BOARD_OFFICER])
def test_a_protected_address_is_not_shown_to_anybody(in_a: Any, role: Any) -> None:
    statement = people.computed(
        address_hidden=True,
        address="秘密の町9-9",
        year_end_address="前の町8-8",
        phone="090-0000-9999",
        postal_code="9990000",
    )
    shown = people.text(people.browser_of(role).get(address(statement)))
    assert "秘匿（支援措置）" in shown
    for secret in ("秘密の町", "前の町", "090-0000-9999", "9990000"):
        assert secret not in shown


def test_another_school_and_another_number_are_404(in_a: Any) -> None:
    foreign = people.computed(records.school("S02"))
    clerk = people.clerk_of()
    for act in ("", "certificates/"):
        people.text(clerk.get(address(foreign, act)), 404)
    for act in ("certificates/", "compute/"):
        people.text(clerk.post(address(foreign, act)), 404)
    people.text(clerk.get("/statements/999999/"), 404)


def test_another_prefectures_statement_is_404(prefecture_b: Any, in_a: Any) -> None:
    from tenants.core.context import prefecture_context

    clerk = people.clerk_of()
    with prefecture_context(prefecture_b):
        there = people.computed()
    Statement.objects.filter(pk=there.pk).delete()
    people.text(clerk.get(address(there)), 404)


def test_acts_are_offered_by_role_and_refused_without_it(in_a: Any) -> None:
    at_school, at_board = people.computed(), people.forwarded(records.school("S02"))
    clerk, board = people.clerk_of(), people.browser_of(Role.BOARD_OFFICER)
    shown = people.text(clerk.get(address(at_school)))
    assert "証明書の値を入力する" in shown
    assert "差し戻す" not in shown
    shown = people.text(board.get(address(at_board)))
    assert "差し戻す" in shown
    assert "証明書の値を入力する" not in shown
    assert "差し戻す" not in people.text(board.get(address(at_school)))
    people.text(clerk.post(address(at_school, "send-back/"), {"reason": "x"}), 403)
    people.text(board.post(address(at_board, "compute/")), 403)


def test_sending_back_needs_a_reason_and_keeps_it(in_a: Any) -> None:
    statement = people.forwarded()
    board = people.browser_of(Role.BOARD_OFFICER)
    shown = people.text(board.post(address(statement, "send-back/"), {"reason": " "}), 422)
    assert "差戻しの理由を入力してください" in shown
    shown = people.text(board.post(address(statement, "send-back/"), {"reason": "母の<b>証明</b>を確認"}, follow=True))
    assert "差し戻しました" in shown
    assert "母の&lt;b&gt;証明&lt;/b&gt;を確認" in shown
    statement.refresh_from_db()
    assert statement.state == Statement.State.RETURNED
    shown = people.text(board.post(address(statement, "send-back/"), {"reason": "もう一度"}, follow=True))
    assert "この調書は「差戻し」のため" in shown


def test_computing_again_tells_what_came_out(in_a: Any) -> None:
    statement, clerk = people.lacking(), people.clerk_of()
    assert "足りない値があります" in people.text(clerk.post(address(statement, "compute/"), follow=True))
    people.answer(statement.household)
    assert "算定しました。" in people.text(clerk.post(address(statement, "compute/"), follow=True))
    assert "前回と同じ結果です" in people.text(clerk.post(address(statement, "compute/"), follow=True))


def test_a_forwarded_statement_is_not_computed_again(in_a: Any) -> None:
    statement = people.forwarded()
    shown = people.text(people.clerk_of().post(address(statement, "compute/"), follow=True))
    assert "この調書は「進達済」のため" in shown


def amounts(statement: Statement, relation: str, **values: str) -> dict[str, str]:
    member = statement.household.members.get(relation=relation)
    return {f"m{member.pk}-{column}": value for column, value in values.items()}


def test_certificates_are_typed_wide_or_narrow_and_blank_is_not_zero(in_a: Any) -> None:
    statement, clerk = people.lacking(), people.clerk_of()
    shown = people.text(clerk.get(address(statement)))
    assert shown.count("証明書の値を入力する") == 1
    assert shown.index("足りないもの</h2>") < shown.index("証明書の値を入力する") < shown.index("<h2>世帯</h2>")
    typed = amounts(statement, "父", total_income="２，５００，０００円", social_insurance="300,000", life_insurance="")
    typed |= amounts(statement, "母", total_income="0")
    shown = people.text(clerk.post(address(statement, "certificates/"), typed, follow=True))
    assert "2人分保存しました" in shown
    assert "算定しました" in shown
    father = statement.facts.get(member__relation="父")
    assert (father.source, father.total_income, father.social_insurance) == ("certificate", 2_500_000, 300_000)
    assert father.life_insurance is None
    mother = statement.facts.get(member__relation="母")
    assert (mother.total_income, mother.social_insurance) == (0, None)
    assert statement.facts.get(member__relation="子").source == MemberFacts.Source.NOT_NEEDED
    statement.refresh_from_db()
    assert statement.state == Statement.State.COMPUTED
    assert statement.computations.order_by("-sequence")[0].income == 2_200_000
    shown = people.text(clerk.get(address(statement, "certificates/")))
    assert 'value="2,500,000"' in shown
    assert 'value="0"' in shown
    assert "変更はありませんでした" in people.text(clerk.post(address(statement, "certificates/"), typed, follow=True))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"social_insurance": "1000"}, "総所得金額を入力してください。0円のときは0と入力します"),
        ({"total_income": "千円"}, "金額として読めません"),
        ({"total_income": "△5"}, "マイナスの金額は入力できません"),
        ({"total_income": "1.5"}, "金額として読めません"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_typed_is_lost(in_a: Any, typed: dict[str, str], message: str) -> None:
    statement, clerk = people.lacking(), people.clerk_of()
    values = amounts(statement, "父", **typed) | amounts(statement, "母", total_income="1,234")
    shown = people.text(clerk.post(address(statement, "certificates/"), values), 422)
    assert message in shown
    assert "見本 太郎 総所得金額" in shown
    for value in values.values():
        assert f'value="{value}"' in shown
    assert not statement.facts.filter(source=MemberFacts.Source.CERTIFICATE).exists()


def test_what_the_roster_says_stands_beside_the_cell(in_a: Any) -> None:
    from domain.households.models import IncomeCertificate

    statement = people.lacking()
    father = statement.household.members.get(relation="父")
    IncomeCertificate.objects.create(member=father, fiscal_year=records.YEAR, total_income=1_111_111)
    shown = people.text(people.clerk_of().get(address(statement, "certificates/")))
    assert "名簿 1,111,111" in shown
    assert 'value="1,111,111"' not in shown


def test_certificates_close_once_the_statement_has_left_the_school(in_a: Any) -> None:
    statement = people.forwarded()
    shown = people.text(people.clerk_of().get(address(statement, "certificates/"), follow=True))
    assert "この調書は「進達済」のため" in shown


def test_the_number_of_queries_does_not_grow_with_the_household(in_a: Any) -> None:
    small, large = people.computed(), people.opened()
    for n in range(5):
        sibling = records.member(large.household, relation=f"兄弟{n}")
        records.pupil(sibling)
    people.compute(large)
    clerk = people.clerk_of()
    for act in ("", "certificates/"):
        people.queries(clerk, address(small, act))
        assert people.queries(clerk, address(small, act)) == people.queries(clerk, address(large, act))


def test_names_in_the_receipt_and_history_are_text(in_a: Any) -> None:
    statement = people.computed()
    statement.household.members.update(name='<img src=x onerror="x">', relation="<i>父</i>")
    shown = people.text(people.clerk_of().get(address(statement)))
    assert "<img src=x" not in shown
    assert "<i>父" not in shown
    assert "&lt;img src=x" in shown


def test_the_household_page_leads_to_the_statement(in_a: Any) -> None:
    statement = people.computed()
    shown = people.text(people.clerk_of().get(f"/households/{statement.household_id}/"))
    assert f'href="/statements/{statement.pk}/"' in shown
