"""The shipped packs of a year, and the one that is used when a board has put none of its own in force."""

from __future__ import annotations

from dataclasses import dataclass

from domain.rules import PackInfo, available_packs
from domain.yearpacks.errors import BaseUnknown
from tenants.core.context import require_prefecture


@dataclass(frozen=True, slots=True)
class Chosen:
    """年度定義 and what is laid over it, by name."""

    pack: str
    overlays: tuple[str, ...] = ()


class NoneToChoose(Exception):
    """No shipped base pack of the year, or more than one."""


def bases_of(fiscal_year: int) -> list[PackInfo]:
    """Shipped packs of a year that a revision can be laid over."""
    return [
        pack for pack in available_packs() if pack.fiscal_year == fiscal_year and not pack.extends and not pack.sample
    ]


def overlays_for(base: str, fiscal_year: int) -> list[PackInfo]:
    """Shipped overlays of a base, none that is for trials only; fictitious ones only in a sample prefecture."""
    sample = bool(require_prefecture().sample)
    packs = [pack for pack in available_packs() if base in pack.extends and pack.fiscal_year == fiscal_year]
    packs = [pack for pack in packs if not pack.trial]
    return [pack for pack in packs if sample or not pack.sample]


def default_of(fiscal_year: int) -> Chosen:
    """The only base there is; a sample prefecture lays the fictitious figures over it. Raises NoneToChoose."""
    bases = bases_of(fiscal_year)
    if len(bases) != 1:
        raise NoneToChoose
    samples = [pack.name for pack in overlays_for(bases[0].name, fiscal_year) if pack.sample and not pack.trial]
    return Chosen(bases[0].name, tuple(samples))


def require_base(base: str, overlays: tuple[str, ...], fiscal_year: int) -> None:
    """Raises BaseUnknown where these cannot be used for the year in this prefecture."""
    if base not in {pack.name for pack in bases_of(fiscal_year)}:
        raise BaseUnknown(base, fiscal_year)
    known = {pack.name for pack in overlays_for(base, fiscal_year)}
    for name in overlays:
        if name not in known:
            raise BaseUnknown(name, fiscal_year)
