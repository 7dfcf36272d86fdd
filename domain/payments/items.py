"""経費項目 by the rules that hold: of the year those in force, of a 支給回 those it was opened with, a board's own included."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from domain.payments.errors import PackUnknown
from domain.payments.models import PaymentRound
from domain.rules import Cap, ExpenseItem, Pack, PackError, available_packs, load_pack
from domain.statements.figures import FiguresNotChosen, figures_of
from domain.yearpacks.errors import YearpackError
from domain.yearpacks.models import Revision
from domain.yearpacks.resolving import pack_of


class Items:
    """The items of one pack, in display order. Made once for a page or a file, not for each of its rows."""

    def __init__(
        self,
        fiscal_year: int,
        known: Mapping[str, ExpenseItem],
        caps: Mapping[str, Cap] | None = None,
        wanted: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.fiscal_year, self.known = fiscal_year, known
        self.wanted = wanted or {}
        """Items by the fact of their own that a rule of the year asks for: `car`, `received`, `before_entry`."""
        self.caps = caps or {}
        """The highest 限度額 of each item that has one, whoever it is for."""
        self._places = {code: place for place, code in enumerate(known)}

    def title(self, code: str) -> str:
        """Japanese name; of an item that this pack does not know, as another pack of the year calls it; else the code."""
        item = self.known.get(code)
        return item.title if item else self._elsewhere.get(code, code)

    def place(self, code: str) -> int:
        """Where it stands; what is not known stands last."""
        return self._places.get(code, len(self._places))

    @cached_property
    def payable(self) -> dict[str, ExpenseItem]:
        """What a pupil of a 特別支援学校 may have: without the items of 特別支援学級 only."""
        return {code: item for code, item in self.known.items() if not item.class_only}

    @cached_property
    def codes(self) -> dict[str, str]:
        """Code of each item by its name without width and spaces, as the expenses sheet gives it."""
        return {_folded(item.title): item.code for item in self.known.values()}

    @cached_property
    def _elsewhere(self) -> dict[str, str]:
        """Names that only other packs of the year have; the board's newest approved revision goes before all."""
        return {**_shipped_titles(self.fiscal_year), **dict(_own_titles(self.fiscal_year))}


def items_of(fiscal_year: int) -> Items:
    """By what is in force for the year today; where nothing is, by what ships for it. A few queries. Raises PackUnknown."""
    try:
        pack = figures_of(fiscal_year).load()
    except (FiguresNotChosen, PackError, YearpackError):
        return Items(fiscal_year, shipped_items(fiscal_year))
    return Items(fiscal_year, pack.items, highest_caps(pack), pack.pay_rules.wanted())


def highest_caps(pack: Pack) -> dict[str, Cap]:
    """By item; an item that no row limits is not in it."""
    found: dict[str, Cap] = {}
    for code in pack.items:
        limits = [cap for _, cap in pack.caps.rows(code) if cap.annual is not None]
        if limits:
            found[code] = max(limits, key=lambda cap: cap.annual or 0)
    return found


def items_in(round_: PaymentRound) -> Items:
    """By the rules the round was opened with. Raises PackUnknown."""
    try:
        return Items(round_.fiscal_year, pack_of(round_.pack, tuple(round_.overlays)).items)
    except (PackError, YearpackError):
        return items_of(round_.fiscal_year)


@lru_cache(maxsize=8)
def shipped_items(fiscal_year: int) -> Mapping[str, ExpenseItem]:
    """Of the first pack that ships for the year, by code, in display order. Raises PackUnknown."""
    for pack in _shipped(fiscal_year):
        return pack.items
    raise PackUnknown(fiscal_year)


@lru_cache(maxsize=8)
def _shipped_titles(fiscal_year: int) -> Mapping[str, str]:
    """Of every pack that ships for the year, with each overlay of it."""
    return {code: item.title for pack in _shipped(fiscal_year) for code, item in pack.items.items()}


def _shipped(fiscal_year: int) -> Iterator[Pack]:
    """Each base, then the base with each of its overlays that can be read."""
    packs = [pack for pack in available_packs() if pack.fiscal_year == fiscal_year]
    for base in (pack for pack in packs if not pack.extends):
        for overlays in ((), *((pack.name,) for pack in packs if base.name in pack.extends)):
            try:
                yield load_pack(base.name, overlays)
            except PackError:
                continue  # its faults are told where it is to be used


def _own_titles(fiscal_year: int) -> Iterator[tuple[str, str]]:
    """Of the board's approved revisions, the newest last."""
    approved = Revision.objects.filter(fiscal_year=fiscal_year, state=Revision.State.APPROVED).order_by("number")
    for rows in approved.values_list("content__items", flat=True):
        for row in rows or ():
            yield row["code"], row["title"]


def _folded(title: str) -> str:
    return "".join(unicodedata.normalize("NFKC", title).split())
