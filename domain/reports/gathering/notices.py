"""支弁区分決定通知書: one for each household whose category two people decided, with the *household's* category.

The notice is handed out by the school, so it carries no address at all where 支援措置 protects the household.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from audit.trail.recorder import Subject
from domain.households.models import Household, School, StatusPeriod
from domain.reports.board_words import approved_versions, holding
from domain.reports.gathering.pupils import periods_of
from domain.reports.gathering.reasons import Packs, reason_text
from domain.reports.models import NoticeWording
from domain.reports.targets import Gathered, Target
from domain.reports.wording import board, category_of, contact, doubt, grade_of, status_on
from domain.rules import Reason
from domain.statements.intake import year_ends_on
from domain.statements.models import Determination, PupilCategory, Statement
from typesetting.data import DeterminationNotice, NoticeChange, NoticePupil
from web.dates import fiscal_year_label, to_wareki
from web.formatting import format_postal_code

ARTICLE = "特別支援学校への就学奨励に関する法律施行令第2条"
SEAL_OMITTED = "（公印省略）"
DECIDED = (Statement.State.DECIDED, Statement.State.NOTICED)


def select(target: Target) -> list[int]:
    """調書 by 世帯番号."""
    decided = Statement.objects.filter(fiscal_year=target.fiscal_year, school=target.school, state__in=DECIDED)
    if target.only is not None:
        decided = decided.filter(pk__in=target.only)
    return list(decided.order_by("household__number").values_list("pk", flat=True))


def without_notice(fiscal_year: int, school: School) -> list[int]:
    """調書 that were decided and of which no notice was made yet."""
    decided = Statement.objects.filter(fiscal_year=fiscal_year, school=school, state=Statement.State.DECIDED)
    return list(decided.order_by("pk").values_list("pk", flat=True))


def versions(target: Target) -> list[tuple[Any, ...]]:
    decided = Determination.objects.filter(
        statement__fiscal_year=target.fiscal_year, statement__school=target.school, statement__state__in=DECIDED
    ).exclude(approved_by=None)
    if target.only is not None:
        decided = decided.filter(statement__in=target.only)
    pupils = Max("pupil_categories__pupil__updated_at")
    rows = decided.annotate(pupils=pupils).order_by("pk")
    values = rows.values_list(
        "pk", "approved_at", "computation__receipt_digest", "statement__household__updated_at", "pupils"
    )
    words = approved_versions()
    return [(*row, _pk(holding(words, timezone.localdate(row[1])))) for row in values]


def _pk(words: NoticeWording | None) -> int | None:
    return words.pk if words else None


def gather(target: Target, ids: Sequence[int]) -> Gathered:
    last = _determinations(ids)
    categories: dict[int, list[PupilCategory]] = defaultdict(list)
    rows = PupilCategory.objects.filter(determination__in=[row.pk for row in last.values()])
    for category in rows.select_related("pupil").order_by("determination_id", "pupil__member__key", "pupil_id"):
        categories[category.determination_id].append(category)
    periods = periods_of(row.pupil_id for group in categories.values() for row in group)
    versions_of_words = approved_versions()
    packs = Packs()
    gathered = Gathered()
    for pk in ids:
        determination = last[pk]
        words = holding(versions_of_words, _issued_on(determination))
        notice = _notice(target, determination, categories[determination.pk], periods, packs)
        gathered.documents.append({**notice, **_words(words)})
        gathered.subjects.append(Subject("statement", str(pk)))
        gathered.sample |= bool(determination.computation.receipt["pack"]["sample"])
    return gathered


def _determinations(ids: Sequence[int]) -> dict[int, Determination]:
    """The decision in force of each 調書: the latest that was approved."""
    approved = Determination.objects.filter(statement__in=ids, kind=Determination.Kind.FINAL).exclude(approved_by=None)
    rows = approved.select_related("statement__household", "statement__school", "computation")
    last = rows.order_by("statement_id", "-effective_from").distinct("statement_id")
    return {row.statement_id: row for row in last}


def _notice(
    target: Target,
    determination: Determination,
    categories: Sequence[PupilCategory],
    periods: Mapping[int, Sequence[StatusPeriod]],
    packs: Packs,
) -> DeterminationNotice:
    home, run = determination.statement.household, determination.computation
    notice: DeterminationNotice = {
        "number": f"{determination.document_number}　{home.number}".strip(),
        "issued_on": to_wareki(_issued_on(determination)),
        "issuer": board(),
        "school": target.school.name,
        "guardian": home.guardian_name,
        "address": _address(home),
        "fiscal_year": fiscal_year_label(target.fiscal_year),
        "household_category": category_of(determination.household_category),
        "valid_for": period_text(determination),
        "pupils": children_of(determination, categories, periods),
        "income": run.income,
        "need": _whole(run.annual_need_numerator, run.annual_need_denominator),
        "reason": reason_text(run, determination.household_category, packs),
        "article": ARTICLE,
        "standing": doubt([run.standing]),
        "instruction": [],
        "contact": contact(target.school),
    }
    if determination.statement.is_redetermination:
        notice["change"] = _change(determination)
    return notice


def _issued_on(determination: Determination) -> date:
    """The day of the notice: that of the decision."""
    return timezone.localdate(determination.approved_at or determination.proposed_at)


def _words(words: NoticeWording | None) -> dict[str, Any]:
    """What the board's own version says in place of the common lines; nothing where none holds."""
    if words is None:
        return {}
    said = {"instruction": words.paragraphs, "contact": words.contact_lines, "issuer": words.sender}
    return said | ({"seal": SEAL_OMITTED} if words.seal_omitted else {})


def _change(determination: Determination) -> NoticeChange:
    """The household's category that held until the day before."""
    statement, day = determination.statement, determination.effective_from
    earlier = Determination.objects.filter(
        root=determination.root_id, kind=Determination.Kind.FINAL, effective_from__lt=day
    ).exclude(approved_by=None)
    before = earlier.order_by("-effective_from").first()
    return {
        "before": category_of(before.household_category if before else None),
        "until": f"{to_wareki(day - timedelta(days=1))}まで",
        "reason": f"{statement.get_change_reason_display()}（収入の基礎: {statement.get_income_basis_display()}）",
    }


def period_text(determination: Determination) -> str:
    """令和7年4月1日から令和8年3月31日まで: as decided; what a later decision changes stands in its own notice."""
    until = year_ends_on(determination.statement.fiscal_year)
    return f"{to_wareki(determination.effective_from)}から{to_wareki(until)}まで"


def names_of(home: Household) -> dict[str, str]:
    """構成員番号 → name, as the receipt's lines name people."""
    return dict(home.members.values_list("key", "name"))


def _address(home: Household) -> list[str]:
    if home.address_hidden or not home.address:
        return []
    return [format_postal_code(home.postal_code), home.address] if home.postal_code else [home.address]


def children_of(
    determination: Determination,
    categories: Sequence[PupilCategory],
    periods: Mapping[int, Sequence[StatusPeriod]],
) -> list[NoticePupil]:
    """Each child once: of several enrolments the one that lasts, else the latest."""
    ordered = sorted(categories, key=lambda row: (row.pupil.left_on is None, row.pupil.enrolled_on))
    chosen = {row.pupil.member_id: row for row in ordered}
    children: list[NoticePupil] = []
    for row in sorted(chosen.values(), key=lambda each: each.pupil_id):
        period = status_on(periods.get(row.pupil_id, ()), determination.effective_from)
        child: NoticePupil = {
            "name": row.pupil.name,
            "grade": grade_of(period),
            "category": category_of(row.category),
            "note": "" if row.category == determination.household_category else Reason(row.reason).label,
        }
        children.append(child)
    return children


def _whole(numerator: int | None, denominator: int) -> int | None:
    """年額 in whole 円 for the reader; the exact value is on the 調書, and only that is compared."""
    return None if numerator is None else numerator // denominator
