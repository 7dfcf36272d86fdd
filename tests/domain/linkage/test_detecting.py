"""What only several answers together can show: exchanged answers, one number for two people, figures of another meaning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.linkage.matching.plausible import BEFORE, INSURANCE, LEAST, wrong_meaning
from integrations.atena_adapters.simulator.population import TaxRecord
from tests.domain.linkage.world import YEAR, World, child, father, mother, swapped
from web.dates import fiscal_year_label


def test_two_answers_that_were_exchanged_say_so_on_both(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry

    world.household(*swapped(father(), mother()), child())
    start("nara").whole()
    both = Inquiry.objects.filter(kind="tax").order_by("member__key")
    assert [one.match for one in both] == ["mismatch", "mismatch"]
    assert [one.match_detail["swapped_with"] for one in both] == ["02", "01"]
    assert all(one.match_detail["exchanged"] and "入れ替わっています" in one.match_detail["reason"] for one in both)


def test_one_number_for_two_people_of_different_households_is_suspected(world: World, start: Any) -> None:
    from domain.linkage.models import Inquiry
    from domain.linkage.services import plan_inquiries

    first = world.household(father(), child())
    stranger = replace(mother(), key="01", guardian=True)
    second = world.household(stranger, replace(child(), name="サンプル　四郎", kana="サンプル　シロウ"))
    plan_inquiries(YEAR)
    one = Inquiry.objects.get(member__household=second, member__key="01", kind="tax")
    holder = first.members.get(key="01")
    row = _matched(one, holder)
    assert row["match"] == "mismatch"
    assert row["match_detail"]["same_as"] == holder.pk
    assert row["match_detail"]["reason"].startswith("別の世帯の人と同じ個人番号の疑い")
    assert holder.name not in row["match_detail"]["reason"]


def test_people_of_one_name_and_birthday_are_pointed_out(world: World) -> None:
    from domain.linkage.models import Inquiry
    from domain.linkage.services import plan_inquiries

    world.household(father(), child())
    namesake = world.household(father(), child(), address="奈良県奈良市サンプル町9丁目9番9号")
    plan_inquiries(YEAR)
    one = Inquiry.objects.get(member__household=namesake, member__key="01", kind="tax")
    row = _matched(one, one.member, address="奈良県奈良市サンプル町1丁目2番3号")
    assert row["match"] == "review"
    assert row["match_detail"]["reason"].startswith("氏名と生年月日が同じ人が別の世帯にもいます")


def test_an_answer_that_came_otherwise_later_changes_nothing_and_is_told(world: World, start: Any) -> None:
    from domain.linkage.exchange.inquiring import Inquiring, line_id
    from domain.linkage.models import Batch, Inquiry
    from integrations.atena_adapters.port import Collection, NotFound

    world.household(father(), child())
    start("nara").whole()
    batch = Batch.objects.get(kind="inquire")
    before = Inquiry.objects.get(kind="tax")
    later = Collection(str(batch.pk), {line_id(before): NotFound()})
    assert Inquiring(YEAR, "duty").apply(batch, later) == 0
    after = Inquiry.objects.get(kind="tax")
    assert (after.state, after.answer, after.match) == ("answered", before.answer, "matched")
    assert "前の回答のままにしています" in Batch.objects.get(kind="inquire").findings[-1]["message"]


def test_what_cannot_answer_the_question_is_not_taken(world: World) -> None:
    from domain.linkage.exchange.fitting import fitting
    from domain.linkage.models import Inquiry
    from domain.linkage.services import plan_inquiries
    from integrations.atena_adapters.port import (
        Answered,
        AnsweredPerson,
        MalformedAnswer,
        NotDeclared,
        NotFound,
        TaxFacts,
    )

    world.household(father(), child())
    plan_inquiries(YEAR)
    asked = Inquiry.objects.select_related("member").get(kind="tax")
    ours, stranger = AnsweredPerson(born=asked.member.born), AnsweredPerson(born=date(1950, 1, 1))
    for of_year in (asked.fiscal_year, None):
        assert isinstance(fitting(asked, Answered(TaxFacts(ours, of_year))), Answered)
    other = fitting(asked, Answered(TaxFacts(ours, asked.fiscal_year - 6)))
    assert isinstance(other, MalformedAnswer)
    assert (
        f"照会したのは{fiscal_year_label(asked.fiscal_year)}で、回答は{fiscal_year_label(asked.fiscal_year - 6)}の"
        in other.reason
    )
    for year in (0, 1867, 99_999_999):
        assert isinstance(fitting(asked, Answered(TaxFacts(ours, year))), MalformedAnswer)
    for nothing in (NotDeclared, NotFound):
        assert fitting(asked, nothing("", ours)) == nothing("", ours)
        assert fitting(asked, nothing()) == nothing()
        refused = fitting(asked, nothing("", stranger))
        assert isinstance(refused, MalformedAnswer)
        assert "1950" not in refused.reason


def test_figures_of_another_year_leave_the_line_unanswered(world: World, start: Any) -> None:
    from domain.linkage.exchange.inquiring import Inquiring, line_id
    from domain.linkage.models import Batch, Inquiry
    from integrations.atena_adapters.port import Answered, AnsweredPerson, Collection, TaxFacts

    world.household(father(), child())
    start("nara").whole()
    asked = Inquiry.objects.select_related("member").get(kind="tax")
    Inquiry.objects.filter(pk=asked.pk).update(state=Inquiry.State.SENT, answer=None, match=Inquiry.Match.NONE)
    batch = Batch.objects.get(kind="inquire")
    old = Answered(TaxFacts(AnsweredPerson(asked.member.name, "", asked.member.born), asked.fiscal_year - 6))
    assert Inquiring(YEAR, "duty").apply(batch, Collection(str(batch.pk), {line_id(asked): old})) == 1
    asked.refresh_from_db()
    assert (asked.state, asked.match, asked.answer) == (Inquiry.State.FAILED, Inquiry.Match.NONE, None)
    assert f"{fiscal_year_label(asked.fiscal_year - 6)}の課税です" in asked.reason


def test_figures_of_another_meaning_are_held_back_for_everybody(world: World, start: Any) -> None:
    from domain.linkage.models import Batch, Inquiry

    wrong = TaxRecord(municipality="奈良市", total_income=120_000, social_insurance=450_000)
    for _ in range(LEAST):
        world.household(father(tax=wrong), child())
    start("nara").whole()
    assert set(Inquiry.objects.filter(kind="tax").values_list("match", flat=True)) == {"review"}
    assert set(Inquiry.objects.filter(kind="resident").values_list("match", flat=True)) == {"matched"}
    assert any(found["message"] == INSURANCE for batch in Batch.objects.all() for found in batch.findings)


@pytest.mark.parametrize(
    ("incomes", "insurances", "before", "said"),
    [
        ([100] * 20, [500] * 20, [], INSURANCE),
        ([100] * 19, [500] * 19, [], ""),
        ([100] * 10 + [900] * 10, [500] * 20, [], ""),
        ([0] * 30, [500] * 30, [], ""),
        ([None] * 30, [500] * 30, [], ""),
        ([900] * 20, [100] * 20, [(900, 100)] * 20, BEFORE),
        ([900] * 20, [100] * 20, [(100, 900)] * 20, BEFORE),
        ([900] * 20, [100] * 20, [(900, 800)] * 20, ""),
        ([900] * 20, [100] * 20, [(900, 0)] * 20, ""),
    ],
)
def test_plausibility(
    incomes: list[int | None], insurances: list[int], before: list[tuple[int, int]], said: str
) -> None:
    answers = [
        {"total_income": income, "social_insurance": insurance}
        for income, insurance in zip(incomes, insurances, strict=True)
    ]
    assert wrong_meaning(answers, before) == said


def _matched(inquiry: Any, person: Any, **changes: str) -> dict[str, Any]:
    """What the matcher says when `inquiry` is answered with this person's particulars."""
    from domain.linkage.exchange.outcomes import Kept
    from domain.linkage.matching_records import Matcher

    answer = {
        "person": {
            "name": person.name, "kana": person.kana, "born": person.born.isoformat(), "born_text": "",
            "address": person.household.address,
        } | changes
    }  # fmt: skip
    return Matcher().rows([(inquiry, Kept("answered", answer=answer))])[0]
