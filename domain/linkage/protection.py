"""What a page or a file may show of a household under 支援措置: neither an address nor a body that tells where they live."""

from __future__ import annotations

from audit.trail.entries import JSON
from domain.households.models import Household
from domain.linkage.models import ExchangeRecord, HeldInquiry, Inquiry

PROTECTED = "（支援措置のため表示しません）"
NAMED_ITEMS = (*Inquiry.Kind.labels, "支弁に関する情報")
"""The names of items that say nothing of a place. Whatever else stands in an item is the other side's words."""


def address_shown(household: Household, address: str) -> str:
    """An address of this household."""
    return PROTECTED if household.address_hidden else address


def party_shown(one: ExchangeRecord | HeldInquiry, instead: str = PROTECTED) -> str:
    """The other body of a 情報提供等記録 or of a held inquiry: a municipality that was asked, or asks, tells where the person lives."""
    return instead if one.member.household.address_hidden else one.party


def item_shown(one: ExchangeRecord | HeldInquiry, instead: str = PROTECTED) -> str:
    """The item of a 情報提供等記録 or a held inquiry.

    Of a hidden household the known name within the other side's words, without those around it.
    """
    if not one.member.household.address_hidden:
        return one.item
    return next((name for name in NAMED_ITEMS if name in one.item), instead)


def noted(household: Household) -> dict[str, JSON]:
    """What the event of a page or a document says of a household under 支援措置."""
    return {"address_hidden": True} if household.address_hidden else {}
