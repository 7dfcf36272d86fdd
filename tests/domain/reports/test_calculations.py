"""決定の計算書: from the stored receipt, in plain words, for one household on demand; and the notice of a change."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from accounts.roles import Role
from audit.trail.vocabulary import Event
from domain.reports import services
from domain.reports.errors import NotDecided
from domain.reports.models import OutputFile
from domain.statements.models import PupilCategory, Statement
from tests.domain.reports import support
from tests.domain.statements import deciders, people
from tests.support.receipts import rewritten
from tests.support.records import YEAR


def page_of(statement: Statement) -> str:
    support.done(services.start_calculation(statement.pk))
    output = support.outputs(OutputFile.Kind.CALCULATION)[-1]
    return "".join(support.pages(output))


def test_it_tells_the_decision_from_its_receipt(in_a: Any, heard: list[Any]) -> None:
    statement = deciders.decided()
    run = statement.computations.get()
    page = page_of(statement)
    need = run.annual_need_numerator or 0
    for text in (
        "決定の計算書", "見本太郎様", "ご家庭の支弁区分", f"{support.NET:,}円", f"{need:,}円", "令和7年4月1日から令和8年3月31日まで",
        "生活扶助第1類見本太郎", "1.5倍より少ない", "資料1", "推計", "【団体登録】", "サンプル", "見本一郎", "小学部3年",
        run.receipt_digest,
    ):  # fmt: skip
        assert "".join(text.split()) in page, text
    [event] = [row for row in heard if row["event"] == Event.PRINT_CALCULATION_MADE]
    assert {"kind": "statement", "id": str(statement.pk)} in event["subjects"]
    assert services.start_calculation(statement.pk).state == "succeeded"  # the same content is the same file


def test_household_and_pupil_category_are_told_apart(in_a: Any, heard: list[Any]) -> None:
    statement = deciders.decided()
    PupilCategory.objects.update(category=3, reason="institution")
    page = page_of(statement)
    assert "世帯の支弁区分第Ⅰ区分" in page
    assert "小学部3年第Ⅲ区分措置費受給(施設生)による" in page


def test_an_unconfirmed_row_is_marked(in_a: Any, heard: list[Any]) -> None:
    statement = deciders.decided()
    run = statement.computations.get()
    run.receipt["steps"][0]["standing"] = "unconfirmed"
    run.standing = "unconfirmed"
    rewritten(run)
    page = page_of(statement)
    assert "【未確認】計算に用いた定めの一部が確認できていません" in page
    assert page.count("【未確認】") == 2


def test_a_provisional_decision_says_that_it_is_one_and_a_final_replaces_it(in_a: Any, heard: list[Any]) -> None:
    statement = deciders.provisionally(people.lacking())
    page = page_of(statement)
    assert "決定の種類仮決定" in page
    assert "仮の決定です" in page
    deciders.forward_propose_approve(deciders.enter(statement, deciders.LOW))
    page = page_of(statement)
    assert "決定の種類決定" in page
    assert "仮の決定です" not in page


def test_nothing_before_the_decision(in_a: Any) -> None:
    with pytest.raises(NotDecided):
        services.start_calculation(people.computed().pk)


def test_a_redetermination_has_its_notice_of_change_and_its_calculation(in_a: Any, heard: list[Any]) -> None:
    first = deciders.forward_propose_approve(deciders.enter(people.opened(), deciders.HIGH))
    second = deciders.redetermined(first)
    support.done(services.start_notices(YEAR, first.school.code))
    old, new = support.pages(support.outputs(OutputFile.Kind.NOTICE)[-1])
    for text in (
        "支弁区分変更決定通知書",
        "世帯の支弁区分第Ⅰ区分",
        "変更前の支弁区分第Ⅲ区分（令和7年9月30日まで）",
        "令和7年10月1日から",
        "失業",
    ):
        assert text in new, text
    assert "変更" not in old
    assert "世帯の支弁区分第Ⅲ区分" in old
    assert "変更決定（再判定）" in page_of(second)


def test_protected_households_have_no_address_on_it(in_a: Any, heard: list[Any]) -> None:
    statement = deciders.decided(address_hidden=True, address="秘密市隠町9-9")
    assert "秘密市" not in page_of(statement)


def test_asked_for_on_the_page_of_the_statement(in_a: Any, heard: list[Any]) -> None:
    statement = deciders.decided()
    clerk = people.clerk_of()
    assert "決定の計算書（保護者用）を作る" in people.text(clerk.get(f"/statements/{statement.pk}/"))
    here = f"/reports/calculation/{statement.pk}/"
    assert "決定の計算書の作成" in people.text(clerk.post(here, follow=True))
    assert clerk.get(here).status_code == 405
    people.text(people.clerk_of("S02").post(here), 404)
    people.text(people.browser_of(Role.MONITOR).post(here), 403)
    undecided = people.computed()
    assert "決定の計算書（保護者用）" not in people.text(clerk.get(f"/statements/{undecided.pk}/"))
    answer = clerk.post(f"/reports/calculation/{undecided.pk}/", follow=True)
    assert "まだ決定していない" in people.text(answer)


def test_a_change_of_the_receipts_decision_makes_another_file(in_a: Any, heard: list[Any]) -> None:
    statement = deciders.decided()
    page_of(statement)
    statement.household.members.update(name="見本 改名", updated_at=datetime.datetime(YEAR, 9, 1, tzinfo=datetime.UTC))
    assert "見本改名" in page_of(statement)
    assert len(support.outputs(OutputFile.Kind.CALCULATION)) == 2
