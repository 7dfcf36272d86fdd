"""From numbers to matched answers over the real transports."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.linkage.world import YEAR, World, child, father, mother, states


@pytest.mark.parametrize("name", ["nara", "hiroshima", "osaka"])
def test_everybody_is_registered_asked_and_matched(name: str, world: World, start: Any) -> None:
    from domain.linkage.models import Batch, Inquiry, Registration

    world.household(father(), mother(), child())
    world.household(father(), child(), on_welfare=True)
    link = start(name)
    link.whole()

    assert set(Registration.objects.values_list("state", flat=True)) == {"ready"}
    assert states(Inquiry.objects.filter(fiscal_year=YEAR)) == [
        ("01", "resident", "answered", "matched"),
        ("01", "resident", "answered", "matched"),
        ("01", "tax", "answered", "matched"),
        ("01", "welfare", "answered", "matched"),
        ("02", "resident", "answered", "matched"),
        ("02", "tax", "answered", "matched"),
        ("03", "resident", "answered", "matched"),
        ("03", "resident", "answered", "matched"),
    ]
    assert set(Batch.objects.values_list("state", flat=True)) == {"collected"}
    assert not Batch.objects.filter(cleared_at=None).exists()
