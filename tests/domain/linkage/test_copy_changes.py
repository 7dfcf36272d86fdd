"""The act that makes the other side's copy say what was paid: whatever is refused, lost or repeated on the way, it ends the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st


def _figures() -> Any:
    from domain.linkage.providing.figures import Figures

    days = st.sampled_from([(date(2025, 4, 1), date(2025, 6, 30)), (date(2025, 4, 1), date(2025, 9, 30))])
    return st.builds(lambda amount, days: Figures(amount, *days), st.integers(0, 3), days)


@given(st.data())
def test_however_often_acts_are_refused_the_other_side_ends_with_what_was_paid(data: st.DataObject) -> None:
    from domain.linkage.providing.figures import Act, change_for

    wanted = data.draw(st.lists(st.none() | _figures(), min_size=1, max_size=6))
    held = None
    for paid in wanted:
        change = change_for(paid, held)
        if change is None:
            continue
        assert (change.act is Act.ADD) == (held is None)
        if data.draw(st.booleans()):  # accepted; otherwise the other side is as it was
            held = None if change.act is Act.DELETE else change.figures
    last = wanted[-1] if wanted[-1] is not None and wanted[-1].amount else None
    change = change_for(wanted[-1], held)
    if change is not None:
        held = None if change.act is Act.DELETE else change.figures
    assert held == last
    assert change_for(wanted[-1], held) is None


@given(paid=_figures(), held=st.none() | _figures())
def test_who_may_not_be_told_of_is_deleted_or_never_added(paid: Any, held: Any) -> None:
    from domain.linkage.providing.figures import Act, Cause, change_for

    change = change_for(paid, held, Cause.PURGED)
    assert (change is None) == (held is None)
    assert change is None or (change.act is Act.DELETE and change.cause == Cause.PURGED and change.figures == held)


@given(paid=_figures(), held=_figures())
def test_the_cause_says_which_way_the_amount_went(paid: Any, held: Any) -> None:
    from domain.linkage.providing.figures import Cause, change_for

    change = change_for(paid, held)
    expected = (
        Cause.NOTHING
        if not paid.amount
        else Cause.MORE
        if paid.amount > held.amount
        else Cause.LESS
        if paid.amount < held.amount
        else None
        if paid == held
        else Cause.PERIOD
    )
    assert (change.cause if change else None) == expected
