"""A correction of the facts a 調書 is computed from: where it may happen, and that it asks for a new computation."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse

from audit.trail.actors import current_actor
from domain.households.correcting import CorrectionRefused
from domain.statements.models import Statement
from domain.statements.queries.scope import working_year
from domain.statements.redetermining import DECIDED
from domain.statements.states import AT_SCHOOL, move_many

State = Statement.State
WHY = "世帯の登録を直したため、算定し直す"


def require_open(household_id: int) -> None:
    """Free while a 調書 of the year is at the school, or none is there. Raises CorrectionRefused."""
    rows = list(_of_year(household_id))
    if not rows or any(one.state in AT_SCHOOL for one in rows):
        return
    there = next((one for one in rows if one.state not in DECIDED), None)
    if there is not None:
        raise CorrectionRefused(
            f"この世帯の調書は「{there.get_state_display()}」です。学校に差し戻してもらってから直してください。",
            ("調書を開く", reverse("statements:detail", args=[there.pk])),
        )
    root = next((one for one in rows if not one.is_redetermination), rows[0])
    raise CorrectionRefused(
        "この世帯の支弁区分は決定しています。決定のもとになった値は、ここでは直せません。"
        "調書から年度の途中の再判定を始めると、直せるようになります。",
        ("再判定を始める", reverse("statements:redetermine", args=[root.pk])),
    )


def effects(household_id: int) -> list[str]:
    """What is decided stays."""
    decided = _of_year(household_id).filter(state__in=DECIDED).exists()
    return ["すでにある決定とその計算書は変わりません。再判定の調書が新しい値で算定されます。"] if decided else []


def unsettle(household_id: int) -> None:
    """算定済 becomes 算定待ち: nothing goes on with figures of the facts before."""
    computed = list(_of_year(household_id).filter(state=State.COMPUTED).values_list("pk", flat=True))
    move_many(computed, State.READY, by=current_actor().name, reason=WHY)


def _of_year(household_id: int) -> QuerySet[Statement]:
    return (
        Statement.objects.filter(household=household_id, fiscal_year=working_year())
        .exclude(state=State.WITHDRAWN)
        .order_by("pk")
    )
