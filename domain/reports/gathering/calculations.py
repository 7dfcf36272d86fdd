"""決定の計算書: one household's decision for its guardian, in plain words, with every amount and what it rests on.

Everything comes from the receipt that the decision keeps; nothing is computed anew. Like the notice it carries no address
where 支援措置 protects the household, for it is handed out by the school.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from audit.trail.recorder import Subject
from domain.reports.gathering.notices import children_of, names_of, period_text
from domain.reports.gathering.pupils import periods_of
from domain.reports.targets import Gathered, Target
from domain.reports.wording import board, category_of, contact, doubt
from domain.rules import ExplainedLine, Standing, explain
from domain.statements.models import Determination
from typesetting.data import Calculation, CalculationLine, CalculationPart
from web.dates import fiscal_year_label, to_wareki

UNCONFIRMED = "【未確認】"
_FIRMNESS = "確からしさ "


def decisions_of(statement: int) -> QuerySet[Determination]:
    """Approved decisions of a 調書, the one that counts first: a final one before a 仮決定."""
    approved = Determination.objects.filter(statement=statement).exclude(approved_by=None)
    return approved.order_by("kind", "-effective_from")


def select(target: Target) -> list[int]:
    """The decision itself: one document."""
    return list(decisions_of(_statement(target)).values_list("pk", flat=True)[:1])


def versions(target: Target) -> list[tuple[Any, ...]]:
    pupils = Max("pupil_categories__pupil__updated_at")
    people = Max("statement__household__members__updated_at")
    rows = Determination.objects.filter(pk__in=select(target)).annotate(pupils=pupils, people=people)
    return list(
        rows.values_list(
            "pk", "approved_at", "computation__receipt_digest", "statement__household__updated_at", "pupils", "people"
        )
    )


def gather(target: Target, ids: Sequence[int]) -> Gathered:
    rows = Determination.objects.filter(pk__in=list(ids)).select_related("statement__household", "computation")
    gathered = Gathered()
    for row in rows:
        gathered.documents.append({**_document(target, row)})
        gathered.subjects.append(Subject("statement", str(row.statement_id)))
        gathered.sample |= bool(row.computation.receipt["pack"]["sample"])
    return gathered


def _statement(target: Target) -> int:
    if target.statement is None:
        raise TypeError("this form is printed for a statement")
    return target.statement


def _document(target: Target, row: Determination) -> Calculation:
    home, run = row.statement.household, row.computation
    categories = list(row.pupil_categories.select_related("pupil").order_by("pupil__member__key", "pupil_id"))
    told = explain(run.receipt, names_of(home))
    sources: dict[str, int] = {}
    parts: list[CalculationPart] = [
        {"title": part.title, "lines": [_line(line, sources) for line in part.lines]} for part in told.parts
    ]
    return {
        "number": f"{row.document_number}　{home.number}".strip(),
        "issued_on": to_wareki(timezone.localdate(row.approved_at or row.proposed_at)),
        "issuer": board(),
        "school": target.school.name,
        "guardian": home.guardian_name,
        "fiscal_year": fiscal_year_label(target.fiscal_year),
        "decision": _decision(row),
        "household_category": category_of(row.household_category),
        "valid_for": period_text(row),
        "pupils": children_of(row, categories, periods_of(each.pupil_id for each in categories)),
        "plain": list(told.plain),
        "parts": parts,
        "sources": [f"資料{number}: {text}" for text, number in sources.items()],
        "notes": [*filter(None, [doubt([run.standing])]), *_reservation(row)],
        "rule_pack": run.receipt["pack"]["title"],
        "digest": run.receipt_digest,
        "contact": contact(target.school),
    }


def _decision(row: Determination) -> str:
    if row.kind == Determination.Kind.PROVISIONAL:
        return "仮決定"
    return "変更決定（再判定）" if row.statement.is_redetermination else "決定"


def _reservation(row: Determination) -> list[str]:
    if row.kind != Determination.Kind.PROVISIONAL:
        return []
    return [
        "仮の決定です。所得などがそろって決定すると、同じ日から決定した区分に替わり、支給した額との差を精算します。"
    ]


def _line(line: ExplainedLine, sources: dict[str, int]) -> CalculationLine:
    """The basis with the long name of its source as a number; what is not confirmed is marked."""
    texts = line.basis.split("　") if line.basis else []
    place = next((n for n, text in enumerate(texts) if text.startswith(_FIRMNESS)), None)
    if place is None:
        return {"title": line.title, "value": line.value, "how": line.how, "source": line.basis}
    firmness = texts[place].removeprefix(_FIRMNESS)
    named = texts[:place]
    if named:
        named[-1] = f"資料{sources.setdefault(named[-1], len(sources) + 1)}"
    mark = UNCONFIRMED if firmness == Standing.UNCONFIRMED.label else f"（{firmness}）"
    source = "　".join([*named, *texts[place + 1 :]])
    return {"title": line.title, "value": line.value, "how": line.how, "source": f"{source}{mark}"}
