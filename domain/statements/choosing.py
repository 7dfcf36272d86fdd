"""Choosing between a certificate that was entered and an electronic answer: side by side, with a reason, until 進達.

Neither is ever deleted, and nothing waits for the choice: until somebody chooses, the certificate counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from audit.trail.actors import current_actor
from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.households.models import Member
from domain.linkage.models import Inquiry
from domain.linkage.settling import may_be_taken
from domain.statements.choices import certificate_row, entered_of
from domain.statements.facts import answer_row, enters_all, stands_up
from domain.statements.models import FactsChoice, MemberFacts, Statement
from domain.statements.reading import AMOUNTS, FactsRow
from domain.statements.states import AT_SCHOOL, move_many

Stands, Source = FactsChoice.Stands, MemberFacts.Source
WHY = "使う所得（証明書・回答）を選び直したため、算定し直す"


class ChoiceRefused(ValueError):
    """`statements.choice-refused`: why this cannot be chosen, and what to do."""

    identifier = "statements.choice-refused"


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sources of one member's income as they are now. Amounts by the columns of MemberFacts, 円・年額."""

    facts: MemberFacts | None
    inquiry: Inquiry | None
    choice: FactsChoice | None
    certificate: dict[str, Any] | None
    answer: dict[str, Any] | None

    @property
    def standing(self) -> str:
        """Which of them the computation uses now; "" where neither."""
        used = {Source.CERTIFICATE: Stands.CERTIFICATE, Source.INQUIRY: Stands.ANSWER}
        return used.get(MemberFacts.Source(self.facts.source), "") if self.facts is not None else ""

    @property
    def answer_refusal(self) -> str:
        """Why the answer cannot be chosen; "" when it can."""
        if self.inquiry is None or self.answer is None:
            return "情報照会の回答がありません。"
        doubted = self.inquiry.match == Inquiry.Match.REVIEW and not may_be_taken(self.inquiry)
        unsettled = self.inquiry.match == Inquiry.Match.REVIEW and self.inquiry.settlement == Inquiry.Settlement.NONE
        if unsettled and not doubted:
            return "回答と登録内容に違いがあります。先に照会結果の確認（突合）で、本人の回答かどうかを決めてください。"
        if doubted or not stands_up(self.inquiry):
            return "本人のものと確かめられない回答は使えません。照会結果の確認（突合）を見てください。"
        if self.answer["amounts"]["total_income"] is None:
            return "回答に総所得金額がないため、算定に使えません。"
        return ""


def pair_of(statement: Statement, member: Member) -> Pair:
    """Three queries. Where all income is declared (再判定 on another basis) no answer counts, and there is none."""
    facts = MemberFacts.objects.filter(statement=statement, member=member).first()
    choice = FactsChoice.objects.filter(statement=statement, member=member).order_by("-pk").first()
    asked = Inquiry.objects.filter(fiscal_year=statement.fiscal_year, member=member, kind=Inquiry.Kind.TAX)
    inquiry = None if enters_all(statement) else asked.first()
    return Pair(facts, inquiry, choice, entered_of(facts, choice), _answered(statement, inquiry))


@transaction.atomic
def choose(statement: Statement, member: Member, stands: str, reason: str) -> FactsChoice:
    """Let one of the two count, and write down why. Raises ChoiceRefused. The computation is the caller's."""
    if not reason.strip():
        raise ChoiceRefused("理由を入力してください（例: 修正申告の後の証明書のため）。")
    locked = Statement.objects.select_for_update().get(pk=statement.pk)
    if locked.state not in AT_SCHOOL:
        raise ChoiceRefused(
            f"この調書は「{locked.get_state_display()}」のため、選び直せません。進達の後は差し戻してもらい、"
            "決定の後は再判定を始めてください。"
        )
    pair = pair_of(locked, member)
    row = _row(locked, member, pair, Stands(stands))
    made = FactsChoice.objects.create(
        statement=locked,
        member=member,
        stands=stands,
        certificate=pair.certificate,
        answer=pair.answer,
        reason=reason.strip()[:400],
        by=current_actor().name[:60],
    )
    values = {name: value for name, value in row._asdict().items() if name not in ("statement_id", "member_id")}
    MemberFacts.objects.update_or_create(statement=locked, member=member, defaults=values)
    if locked.state == Statement.State.COMPUTED and pair.standing != stands:
        move_many([locked.pk], Statement.State.READY, by=made.by, reason=WHY)
    subjects = [Subject("statement", str(locked.pk)), Subject("member", str(member.pk))]
    if pair.inquiry is not None:
        subjects.append(Subject("inquiry", str(pair.inquiry.pk)))
    record(
        Event.STATEMENT_SOURCE_CHOSEN,
        subjects=subjects,
        detail={"stands": str(stands), "before": pair.standing},
        allowed_by="edit_statement",
    )
    return made


def _row(statement: Statement, member: Member, pair: Pair, stands: FactsChoice.Stands) -> FactsRow:
    if stands == Stands.CERTIFICATE:
        if pair.certificate is None:
            raise ChoiceRefused("証明書の値がまだ入力されていません。先に「証明書の値を入力する」で入力してください。")
        return certificate_row(statement.pk, member.pk, pair.certificate)
    if pair.answer_refusal or pair.inquiry is None:
        raise ChoiceRefused(pair.answer_refusal)
    return answer_row(statement.pk, pair.inquiry)


def _answered(statement: Statement, inquiry: Inquiry | None) -> dict[str, Any] | None:
    if inquiry is None or inquiry.state != Inquiry.State.ANSWERED or not inquiry.answer:
        return None
    row = answer_row(statement.pk, inquiry)
    amounts = {column: getattr(row, column) for column in AMOUNTS}
    at = inquiry.answered_at.isoformat() if inquiry.answered_at else ""
    return {"amounts": amounts, "inquiry": inquiry.pk, "at": at}
