"""What was chosen between a certificate and an electronic answer, as it is kept: rows only added to, the newest holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from audit.trail.actors import current_actor
from domain.statements.models import FactsChoice, MemberFacts
from domain.statements.reading import AMOUNTS, FactsRow
from tenants.core.db.among import Among

Stands, Source = FactsChoice.Stands, MemberFacts.Source
TYPED_ANEW = "証明書の値を入力し直した"


def newest_of(statements: Iterable[int]) -> dict[tuple[int, int], FactsChoice]:
    """By 調書 and member: what holds now. One query."""
    rows = FactsChoice.objects.filter(Among("statement", statements)).order_by("statement_id", "member_id", "-pk")
    return {(row.statement_id, row.member_id): row for row in rows.distinct("statement_id", "member_id")}


def entered_of(facts: MemberFacts | None, choice: FactsChoice | None) -> dict[str, Any] | None:
    """The certificate of a member as it was entered last: from the facts, or kept beside a chosen answer. None: there is none
    (a certificate that was chosen and is in the facts no more was taken back)."""
    if facts is not None and facts.source == Source.CERTIFICATE:
        amounts = {column: getattr(facts, column) for column in AMOUNTS}
        return {"amounts": amounts, "by": facts.recorded_by, "at": _entered_at(facts, amounts, choice)}
    return choice.certificate if choice is not None and choice.stands == Stands.ANSWER else None


def certificate_row(statement: int, member: int, kept: Mapping[str, Any]) -> FactsRow:
    """The facts that a kept certificate gives."""
    return FactsRow(statement, member, Source.CERTIFICATE, "", **kept["amounts"], recorded_by=kept["by"])


def note_typed_anew(statement: int, member: int, amounts: Mapping[str, int | None]) -> None:
    """Who types a certificate beside a chosen answer chooses the certificate."""
    choice = newest_of([statement]).get((statement, member))
    if choice is not None and choice.stands == Stands.ANSWER:
        by = current_actor().name[:60]
        FactsChoice.objects.create(
            statement_id=statement,
            member_id=member,
            stands=Stands.CERTIFICATE,
            certificate={"amounts": dict(amounts), "by": by, "at": ""},
            answer=choice.answer,
            reason=TYPED_ANEW,
            by=by,
        )


def copy_choices(origin: int, target: int) -> None:
    """Take along what holds for one 調書 to another of the same year."""
    rows = list(newest_of([origin]).values())
    for row in rows:
        row.pk, row.statement_id = None, target
    FactsChoice.objects.bulk_create(rows)


def _entered_at(facts: MemberFacts, amounts: Mapping[str, int | None], choice: FactsChoice | None) -> str:
    """Choosing writes the facts anew: a certificate that is the same as then was entered when it says there."""
    if (
        choice is not None
        and choice.certificate
        and choice.certificate["amounts"] == amounts
        and choice.certificate["at"]
    ):
        return str(choice.certificate["at"])
    return facts.updated_at.isoformat()
