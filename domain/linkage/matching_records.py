"""突合 of our rows: reads the household for what the pure matching needs, and writes its finding as the inquiry's detail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from domain.households.models import Member
from domain.linkage.answers import person_of, tax_amounts
from domain.linkage.exchange.outcomes import Kept
from domain.linkage.matching import Comparison, Ours, Verdict, compare
from domain.linkage.matching.plausible import LEAST, Amounts, wrong_meaning
from domain.linkage.models import Inquiry
from integrations.atena_adapters.port import AnsweredPerson
from web.text import fold_name

ONE_NUMBER = "別の世帯の人と同じ個人番号の疑い"
EXCHANGED = "二人の回答が入れ替わっています"
NAMESAKE = "氏名と生年月日が同じ人が別の世帯にもいます"


class Matcher:
    """Compares answers of one batch. Other members are only read for answers that are not simply equal."""

    def __init__(self) -> None:
        self.suspicion = ""
        """Why the tax answers of this delivery as a whole cannot mean what they should; "" when they can."""

    def rows(self, changes: Sequence[tuple[Inquiry, Kept]]) -> list[dict[str, Any]]:
        """What to write for each change, in the same order."""
        first = [compare(ours_of(one.member), person_of(new.answer)) if new.answer else None for one, new in changes]
        doubted = [
            (one, person_of(new.answer))
            for (one, new), found in zip(changes, first, strict=True)
            if found and new.answer and not _equal(found)
        ]
        households = _households({one.member.household_id for one, _ in doubted})
        elsewhere = _elsewhere([answer for _, answer in doubted])
        rows = []
        for (inquiry, new), found in zip(changes, first, strict=True):
            same_as = None
            if found and new.answer and not _equal(found):
                answer = person_of(new.answer)
                found = compare(ours_of(inquiry.member), answer, households[inquiry.member.household_id])
                found, same_as = _seen_elsewhere(inquiry.member, answer, found, elsewhere)
            rows.append(_row(inquiry, new, found, same_as))
        _mark_exchanged(changes, rows)
        self._hold_back_wrong_meaning(changes, rows)
        return rows

    def _hold_back_wrong_meaning(self, changes: Sequence[tuple[Inquiry, Kept]], rows: list[dict[str, Any]]) -> None:
        """Implausible figures of a whole delivery are looked at by people, whoever they match."""
        tax = [index for index, (one, new) in enumerate(changes) if one.kind == Inquiry.Kind.TAX and new.answer]
        if len(tax) < LEAST:
            return
        amounts = {index: tax_amounts(changes[index][1].answer or {}) for index in tax}
        self.suspicion = wrong_meaning(list(amounts.values()), _years(changes, amounts))
        if not self.suspicion:
            return
        for index in tax:
            if rows[index]["match"] == Inquiry.Match.MATCHED.value:
                detail = {"reason": self.suspicion, "swapped_with": "", "items": [], "meaning": True}
                rows[index] |= {"match": Inquiry.Match.REVIEW.value, "match_detail": detail}


def ours_of(member: Member) -> Ours:
    """Our record. A household that moved is known at its address of the year's end, or by now at the new one."""
    household = member.household
    addresses = tuple(address for address in (household.year_end_address, household.address) if address)
    return Ours(member.key, member.name, member.kana, member.born, addresses)


def detail_of(comparison: Comparison) -> dict[str, Any]:
    """`items`: what differs, both texts; `swapped_with`: 構成員番号 of the member whose answer it may be."""
    if _equal(comparison):
        return {}
    return {
        "reason": comparison.reason,
        "swapped_with": comparison.swapped_with,
        "items": [
            {"item": finding.item.value, "ours": finding.ours, "answer": finding.answer}
            for finding in comparison.findings
        ],
    }


def _equal(comparison: Comparison) -> bool:
    return comparison.verdict is Verdict.MATCHED


def _row(inquiry: Inquiry, new: Kept, found: Comparison | None, same_as: int | None) -> dict[str, Any]:
    detail = detail_of(found) if found else {}
    return {
        "id": inquiry.pk,
        "state": new.state,
        "answer": new.answer,
        "reason": new.reason,
        "retryable": new.retryable,
        "match": found.verdict.value if found else Inquiry.Match.NONE.value,
        "match_detail": detail | ({"same_as": same_as} if same_as else {}),
    }


def _seen_elsewhere(
    member: Member, answer: AnsweredPerson, found: Comparison, elsewhere: Mapping[tuple[str, date], list[Member]]
) -> tuple[Comparison, int | None]:
    """Two people with one number (the answer is somebody of another household), or two people of one name and birthday."""
    if answer.born is None:
        return found, None
    others = [
        other
        for other in elsewhere.get((fold_name(answer.name), answer.born), [])
        if other.household_id != member.household_id
    ]
    if not others:
        return found, None
    same_person = (member.name_key, member.born) == (others[0].name_key, answer.born)
    said = f"{NAMESAKE}（{found.reason}）" if same_person else f"{ONE_NUMBER}（{found.reason}）"
    return replace(found, reason=said), others[0].pk


def _elsewhere(answers: Iterable[AnsweredPerson]) -> dict[tuple[str, date], list[Member]]:
    """Members of the whole prefecture by folded name and birth date, as far as these answers name them: one query."""
    wanted = {(fold_name(one.name), one.born) for one in answers if one.born and one.name}
    found: dict[tuple[str, date], list[Member]] = defaultdict(list)
    if wanted:
        named = Member.objects.filter(name_key__in={name for name, _ in wanted}, born__in={born for _, born in wanted})
        for member in named.order_by("pk"):
            found[member.name_key, member.born].append(member)
    return found


def _mark_exchanged(changes: Sequence[tuple[Inquiry, Kept]], rows: Sequence[dict[str, Any]]) -> None:
    """Of two members of a household each got the other's answer: said so on both."""
    pointing = {
        (one.member.household_id, one.kind, one.member.key): row
        for (one, _), row in zip(changes, rows, strict=True)
        if row["match_detail"].get("swapped_with")
    }
    for (household, kind, key), row in pointing.items():
        other = pointing.get((household, kind, row["match_detail"]["swapped_with"]))
        if other is not None and other["match_detail"]["swapped_with"] == key:
            row["match_detail"] |= {"exchanged": True}
            row["match_detail"]["reason"] += f"。{EXCHANGED}"


def _years(changes: Sequence[tuple[Inquiry, Kept]], amounts: Mapping[int, Amounts]) -> list[tuple[int, int]]:
    """(this year's, last year's) total income of the people of these answers who were taken last year."""
    now = {changes[index][0].member_id: one["total_income"] for index, one in amounts.items()}
    last = Inquiry.objects.filter(
        fiscal_year=changes[next(iter(amounts))][0].fiscal_year - 1,
        kind=Inquiry.Kind.TAX,
        match=Inquiry.Match.MATCHED,
        member__in=list(now),
    )
    before = last.values_list("member_id", "answer__total_income")
    return [(income, then) for member, then in before if (income := now[member]) and isinstance(then, int)]


def _households(ids: Iterable[int]) -> dict[int, list[Ours]]:
    members = Member.objects.filter(household__in=list(ids)).select_related("household")
    found = defaultdict(list)
    for member in members.order_by("pk"):
        found[member.household_id].append(ours_of(member))
    return found
