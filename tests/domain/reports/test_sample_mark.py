"""サンプル stands on a form when the prefecture is a sample or when a sample pack made a figure of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from domain.reports import making, services
from domain.statements.models import Computation
from tests.domain.reports import support
from tests.support import records
from tests.support.receipts import rewritten
from tests.support.records import YEAR


@pytest.mark.parametrize(
    ("prefecture", "pack", "marked"),
    [(True, False, True), (False, True, True), (False, False, False)],
)
def test_who_is_marked(in_a: Any, monkeypatch: pytest.MonkeyPatch, prefecture: bool, pack: bool, marked: bool) -> None:
    support.decided_homes(records.school("S01"), 1)
    run = Computation.objects.get()
    run.receipt["pack"]["sample"] = pack
    rewritten(run)
    given: list[Any] = []
    real = making.__dict__["render_pdf"]

    def rendered(template: str, data: Any) -> Any:
        given.append(data)
        return real(template, data)

    monkeypatch.setattr(making, "render_pdf", rendered)
    monkeypatch.setattr(making, "require_prefecture", lambda: SimpleNamespace(sample=prefecture))
    support.done(services.start_notices(YEAR, "S01"))
    assert [data["sample"] for data in given] == [marked]
