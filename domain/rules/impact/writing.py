"""An impact as plain JSON: the summary, and one mover."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from domain.rules.impact.model import Direction, Impact, Move, Mover, Place, Tally
from domain.rules.impact.words import reason_of

FORMAT = "impact/1"


def summary_json(impact: Impact) -> dict[str, object]:
    """Everything but the movers themselves.  Amounts in 円."""
    return {
        "format": FORMAT,
        "before": _pack(impact.before),
        "after": _pack(impact.after),
        "total": tally_json(impact.total),
        "schools": {code: tally_json(impact.schools[code]) for code in sorted(impact.schools)},
        "components": [
            {
                "side": side,
                "component": component,
                "title": total.title,
                "households": total.households,
                "difference": total.difference,
            }
            for (side, component), total in impact.components.items()
        ],
        "missing": {"before": _sorted(impact.missing_before), "after": _sorted(impact.missing_after)},
    }


def tally_json(tally: Tally) -> dict[str, object]:
    """One school's or the total's counts and sums."""
    directions = tally.directions()
    before, after = tally.paid()
    return {
        "households": tally.households,
        "movers": tally.movers,
        "directions": {each.value: directions[each] for each in Direction},
        "moves": _moves(tally.moves),
        "pupil_moves": _moves(tally.pupil_moves),
        "needs_changed": tally.needs_changed,
        "paid": {"before": before, "after": after, "difference": after - before},
        "costs": [
            {"item": item, "ledger": ledger, "before": old, "after": new, "difference": new - old}
            for (item, ledger), (old, new) in sorted(tally.costs.items())
        ],
        "payments_changed": tally.payments_changed,
        "unpaid_lines": {"before": tally.unpaid_lines[0], "after": tally.unpaid_lines[1]},
    }


def mover_json(mover: Mover) -> dict[str, object]:
    """One household that moves, with the reason in data and in words."""
    return {
        "key": mover.key,
        "school": mover.school,
        "before": mover.before.value,
        "after": mover.after.value,
        "direction": mover.direction.value,
        "income": {"before": mover.income_before, "after": mover.income_after},
        "need_annual": {"before": _exact(mover.need_before), "after": _exact(mover.need_after)},
        "shifts": [
            {
                "side": each.side,
                "component": each.component,
                "title": each.title,
                "before": each.before,
                "after": each.after,
                "difference": each.after - each.before,
            }
            for each in mover.shifts
        ],
        "crossings": [
            {
                "category": each.category.name,
                "below": {"before": str(each.below_before), "after": str(each.below_after)},
                "limit": {"before": str(each.limit_before), "after": str(each.limit_after)},
            }
            for each in mover.crossings
        ],
        "pupils": [{"key": key, "before": old.value, "after": new.value} for key, old, new in mover.pupils],
        "causes": list(mover.causes),
        "paid": {"before": mover.paid_before, "after": mover.paid_after},
        "reason": reason_of(mover),
    }


def _pack(named: tuple[str, str]) -> dict[str, str]:
    return {"name": named[0], "digest": named[1]}


def _moves(moves: Mapping[Move, int]) -> list[dict[str, object]]:
    order = list(Place)
    keys = sorted(moves, key=lambda move: (order.index(move[0]), order.index(move[1])))
    return [{"before": old.value, "after": new.value, "households": moves[old, new]} for old, new in keys]


def _sorted(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items()))


def _exact(need: Fraction | None) -> str | None:
    return None if need is None else str(need)
