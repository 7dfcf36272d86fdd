"""How a number's row ends and the next one begins. In the caller's transaction; the checks stand in the callers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.utils import timezone

from domain.vault.models import PersonNumber

Ended = PersonNumber.Ended


def end_present(member_ids: Collection[int], field: str, because: str, *, on: date | None = None) -> None:
    """End the present numbers of these people, valid until `on` (today). One that was held in transit only is erased."""
    present = PersonNumber.objects.filter(member_id__in=member_ids, field=field, held_until=None)
    present.filter(transit_until__isnull=False).delete()
    present.update(held_until=timezone.now(), ended=because, valid_until=on or timezone.localdate())


def holders_of(spelled: Mapping[bytes, bytes], field: str) -> dict[bytes, list[PersonNumber]]:
    """Who has, or had until it leaked, the numbers of these `sealing.spellings`, by `index_of`: present and old ones are found.

    A number that was a slip of the pen (誤りの訂正) is nobody's, and so not found here.
    """
    found: dict[bytes, list[PersonNumber]] = {}
    rows = PersonNumber.objects.filter(field=field, index__in=list(spelled), ended__in=[Ended.NO, Ended.LEAKED])
    for row in rows.select_related("member__household").defer("sealed").order_by("pk"):
        found.setdefault(spelled[bytes(row.index)], []).append(row)
    return found
