"""Individual numbers into the vault, as its import does it."""

from __future__ import annotations

from collections.abc import Mapping


def give_numbers(numbers: Mapping[int, str]) -> None:
    """Seal numbers by member id."""
    from domain.vault import modes
    from domain.vault.models import PersonNumber
    from domain.vault.numbers import Number
    from domain.vault.sealing import sealed_row

    field = PersonNumber.Field.INDIVIDUAL
    until = modes.transit_until(modes.rules(), field)
    rows = [sealed_row(member, field, Number(number), transit_until=until) for member, number in numbers.items()]
    PersonNumber.objects.bulk_create(rows)


def replace_numbers(numbers: Mapping[int, str]) -> None:
    """Corrected numbers: the old ones are no longer held."""
    from django.utils import timezone

    from domain.vault.models import PersonNumber

    held = PersonNumber.objects.filter(member__in=list(numbers), field=PersonNumber.Field.INDIVIDUAL, held_until=None)
    held.filter(transit_until__isnull=False).delete()
    held.update(held_until=timezone.now(), ended=PersonNumber.Ended.CORRECTED)
    give_numbers(numbers)


def put_in_force(mode: str) -> None:
    """保有形態."""
    from domain.vault import modes

    modes.set_mode(mode)
