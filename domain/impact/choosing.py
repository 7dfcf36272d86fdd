"""Which packs can be tried: the board's revisions, the shipped packs, and what is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.impact.errors import NothingToCompare
from domain.impact.models import ImpactRun
from domain.payments.models import PaymentRound
from domain.rules import Pack, PackError, available_packs
from domain.statements.figures import FiguresNotChosen, figures_of
from domain.yearpacks.building import is_own
from domain.yearpacks.errors import YearpackError
from domain.yearpacks.models import Revision
from domain.yearpacks.resolving import draft_pack, pack_of
from tenants.core.context import require_prefecture
from web.dates import fiscal_year_label

IN_FORCE = "in_force"
CLOSED_YEARS = 5
"""How many years back closed payments are recomputed: 援護の記録の保存年限."""


@dataclass(frozen=True, slots=True)
class Named:
    """A pack by name, overlays and, for a revision that may still be a draft, its row."""

    name: str
    overlays: tuple[str, ...] = ()
    revision: int | None = None

    def load(self) -> Pack:
        """Raises PackError, YearpackError, Revision.DoesNotExist."""
        if self.revision is not None:
            return draft_pack(Revision.objects.get(pk=self.revision))
        return pack_of(self.name, self.overlays)

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "overlays": list(self.overlays), "revision": self.revision}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Named:
        return cls(data["name"], tuple(data["overlays"]), data.get("revision"))


def choices(fiscal_year: int) -> list[tuple[str, str]]:
    """Value and words of everything that can be tried for the year."""
    found = [
        (f"revision:{each.pk}", f"{each.title}（{each.get_state_display()}）")
        for each in Revision.objects.filter(fiscal_year=fiscal_year).exclude(state=Revision.State.WITHDRAWN)
    ]
    sample = require_prefecture().sample
    packs = [each for each in available_packs() if each.fiscal_year == fiscal_year and (sample or not each.sample)]
    for base in (each for each in packs if not each.extends):
        found.append((f"shipped:{base.name}", base.title))
        for over in (each for each in packs if base.name in each.extends):
            below = _laid_below(base.name, fiscal_year) if over.trial else ()
            titles = [base.title, *(each.title for each in packs if each.name in below), over.title]
            found.append((f"shipped:{'+'.join([base.name, *below, over.name])}", "＋".join(titles)))
    return [*found, (IN_FORCE, "各年度に適用中の年度定義（支給の再計算だけ・過去5年度）")]


def _laid_below(base: str, fiscal_year: int) -> tuple[str, ...]:
    """Shipped overlays that are in force: a pack for trials (試算用) is tried on top of them."""
    try:
        figures = figures_of(fiscal_year)
    except FiguresNotChosen:
        return ()
    return tuple(name for name in figures.overlays if figures.pack == base and not is_own(name))


def named(choice: str) -> Named:
    """The pack of a choice other than `in_force`. Raises Revision.DoesNotExist."""
    kind, _, rest = choice.partition(":")
    if kind == "revision":
        revision = Revision.objects.get(pk=int(rest))
        return Named(revision.base, revision.overlays, revision.pk)
    name, *overlays = rest.split("+")
    return Named(name, tuple(overlays))


def in_force(fiscal_year: int) -> Named:
    """What new determinations of the year use. Raises FiguresNotChosen."""
    figures = figures_of(fiscal_year)
    return Named(figures.pack, tuple(figures.overlays))


def plans_of(mode: str, choice: str, fiscal_year: int) -> list[dict[str, Any]]:
    """Per year what is compared with what. Raises NothingToCompare, FiguresNotChosen."""
    if mode == ImpactRun.Mode.CATEGORIES:
        return [_plan(fiscal_year, in_force(fiscal_year), named(choice))]
    if choice != IN_FORCE:
        return [_plan(fiscal_year, None, named(choice))]
    plans = []
    for year in _closed_years(fiscal_year):
        try:
            plans.append(_plan(year, None, in_force(year)))
        except FiguresNotChosen:
            plans.append(_plan(year, None, None))
    if not plans:
        raise NothingToCompare
    return plans


def load(data: dict[str, Any] | None) -> tuple[Pack | None, str]:
    """The pack of a plan's side, or why it cannot be had."""
    if data is None:
        return None, "適用する年度定義が決まっていません"
    try:
        return Named.from_json(data).load(), ""
    except (PackError, YearpackError) as error:
        return None, str(error)


def changed_since(run: ImpactRun) -> bool:
    """Whether the revision that was tried says something else today, or cannot be opened any more."""
    if run.revision_id is None or run.finished_at is None:
        return False
    tried = [(plan["after"] or {}).get("digest") for plan in run.plans]
    pack, _ = load(Named("", (), run.revision_id).to_json())
    return pack is None or pack.digest not in tried


def title_of(mode: str, choice: str, fiscal_year: int) -> str:
    """How a run is called in lists."""
    words = dict(choices(fiscal_year)).get(choice, choice)
    return f"{fiscal_year_label(fiscal_year)} {ImpactRun.Mode(mode).label}: {words}"[:200]


def _closed_years(fiscal_year: int) -> list[int]:
    released = PaymentRound.objects.filter(state=PaymentRound.State.RELEASED)
    within = released.filter(fiscal_year__gt=fiscal_year - CLOSED_YEARS, fiscal_year__lte=fiscal_year)
    return sorted(set(within.values_list("fiscal_year", flat=True)))


def _plan(year: int, before: Named | None, after: Named | None) -> dict[str, Any]:
    return {
        "year": year,
        "before": before.to_json() if before else None,
        "after": after.to_json() if after else None,
    }
