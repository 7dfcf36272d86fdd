"""The vault as this package uses it. Imported on first use, so that naming the jobs does not load the vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def numbers_held(members: Sequence[int]) -> set[int]:
    """Those of the members who hold an individual number."""
    from domain.vault import services

    return services.numbers_held(members)


def reveal_many(members: Sequence[int], field: str, *, duty: str, case: str) -> Mapping[int, str]:
    """The numbers by member, each with its event written first."""
    from domain.vault import services

    return services.reveal_many(members, field, duty=duty, case=case)


def store_unified(numbers: Mapping[int, str], *, batch: str) -> None:
    """団体内統合宛名番号 by member, in the caller's transaction."""
    from domain.vault import services

    services.store_unified(numbers.items(), batch=batch)
