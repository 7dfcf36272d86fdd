"""辞退 of a household as the rules know it."""

from __future__ import annotations

from domain.households.models import Household
from domain.rules import Decline

_FOR_RULES = {
    Household.Decline.NONE: Decline.NONE,
    Household.Decline.UNDECIDED: Decline.NONE,  # no category yet: the rules stop for that
    Household.Decline.PARTIAL: Decline.PARTIAL,
    Household.Decline.FULL: Decline.FULL,
}


def decline_of(household: Household) -> Decline:
    """What the household declined."""
    return _FOR_RULES[Household.Decline(household.decline)]
