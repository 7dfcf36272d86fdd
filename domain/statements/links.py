"""The way from a household's page to its 調書."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from domain.households.extras import Link
from domain.statements.queries.scope import visible_statements
from web.dates import fiscal_year_label


def household_links(user: User, household_id: int) -> list[Link]:
    """This year's 調書, for who may see it. One query."""
    found = visible_statements(user).filter(household=household_id).order_by("pk")
    return [
        Link(
            f"{fiscal_year_label(statement.fiscal_year)}の{'再判定の' if statement.is_redetermination else ''}調書",
            reverse("statements:detail", args=[statement.pk]),
            statement.get_state_display(),
        )
        for statement in found
    ]
