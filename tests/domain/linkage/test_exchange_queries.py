"""The work of an exchange is by the batch, not by the line: one query more for each person would break the limits here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.domain.linkage.conftest import OPERATOR, work
from tests.domain.linkage.world import YEAR, World, approve_all, child, father, mother

IN_CALL = {"registration_answer": "in_call", "inquiry_answer": "in_call"}
HOUSEHOLDS = 20
AT_MOST = {"register": 270, "inquire": 140}
"""Queries of a job, whatever its size (253 for 6 and for 60 people). A registration is two batches: 付番, then the 符号, whose
lines are looked at once more before they leave."""


def _queries(act: Callable[[], Any]) -> list[str]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        assert act().state == "succeeded"
    return [each["sql"][:120] for each in queries.captured_queries]


def test_a_batch_costs_the_same_queries_however_many_lines_it_has(world: World, start: Any) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch, Inquiry

    for _ in range(HOUSEHOLDS):
        world.household(father(), mother(), child())
    start("nara", "--delay", "0", **IN_CALL)
    services.plan_registrations()
    found = {"register": _queries(lambda: work(services.start_registration(OPERATOR)))}
    approve_all()
    found["inquire"] = _queries(lambda: work(services.start_inquiry(YEAR, OPERATOR)))
    sizes = sorted(Batch.objects.values_list("kind", "size"))
    assert sizes == [("check", HOUSEHOLDS * 3), ("inquire", HOUSEHOLDS * 5), ("register", HOUSEHOLDS * 3)]
    assert set(Inquiry.objects.values_list("state", flat=True)) == {"answered"}
    for kind, queries in found.items():
        assert len(queries) <= AT_MOST[kind], (kind, len(queries), queries)
