"""A refused file that held individual numbers is told to the watch, in the transaction of the refusal."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from accounts.hooks import NumberInFile, on_number_in_file
from audit.trail.actors import current_actor
from domain.households.roster.workbook.codes import Code


def tell_the_watch(codes: Iterable[str], reference: str, what: str) -> None:
    """`codes` of all problems of the file; `reference` names the import, `what` the kind of file. Silent without a number."""
    who = current_actor().id
    if Code.NUMBER_FOUND.value in codes:
        on_number_in_file.announce(NumberInFile(int(who) if who.isdigit() else 0, timezone.now(), reference, what))
