"""Without a link in force nobody is said to be sent, no number is opened, and the link that comes finds everybody waiting."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from tests.domain.linkage.world import World, child, father
from tests.integrations.atena_adapters.support import TOKEN


@pytest.mark.parametrize("kind", ["none", "retired"])
def test_nothing_is_sent_and_a_real_link_takes_up_where_nothing_went(kind: str, world: World, start: Any) -> None:
    from audit.trail.reader import Filters, search
    from domain.linkage import services
    from domain.linkage.models import Registration

    world.household(father(), child())
    link, began = start("nara"), timezone.now()
    real = link.config.model_dump(mode="json")
    services.put_in_force(real | {"transport": {"kind": kind}}, {})
    job = link.register()
    assert job.state == "failed"
    assert "連携" in job.error
    for prefix in ("linkage:registration:sent", "number:individual:used"):
        assert not list(search(Filters(prefix=prefix, since=began))), prefix
    services.put_in_force(real, {"token": TOKEN})
    assert link.register().state == "succeeded"
    assert set(Registration.objects.values_list("state", flat=True)) == {"ready"}
