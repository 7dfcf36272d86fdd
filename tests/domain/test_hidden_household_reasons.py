"""What explains a look at a household under 支援措置, and what does not."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from audit.trail.entries import Subject
from tests.domain.test_access_reasons import home_of
from tests.support.records import YEAR, school, staff


def test_a_receipt_explains_of_a_hidden_household_the_pages_of_expenses_alone(in_a: Any) -> None:
    """Whoever wants to look at a family under 支援措置 can type a receipt: it is no reason for the household or the 調書."""
    from accounts.roles import Role
    from audit.detection.reasons import explained
    from domain.households.models import Pupil
    from domain.payments.models import Expense
    from domain.statements.models import Statement

    clerk = staff(Role.SCHOOL_CLERK, "reason-clerk", "S01")
    asked: dict[bool, list[str]] = {}
    for hidden in (False, True):
        home = home_of(address_hidden=hidden)
        child = Pupil.objects.get(member__household=home)
        sheet = Statement.objects.create(household=home, fiscal_year=YEAR, school=school("S01"), state="noticed")
        spent = Expense.objects.create(
            school=child.school, pupil=child, fiscal_year=YEAR, item="school_lunch", used_on=timezone.localdate(),
            amount=500, evidence=f"own-{home.pk}", created_by=clerk.display_name,
        )  # fmt: skip
        rows = {"household": home, "statement": sheet, "pupil": child, "expense": spent}
        found = explained(clerk, [Subject(kind, str(row.pk)) for kind, row in rows.items()], timezone.localdate())
        asked[hidden] = sorted(subject.kind for subject in found or {})
    assert asked == {False: ["expense", "household", "pupil", "statement"], True: ["expense", "pupil"]}
