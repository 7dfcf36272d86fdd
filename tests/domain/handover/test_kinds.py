"""Every kind of exchange that people carry or key is taken in again, and named while it is open."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from domain.handover.terminal.sheets import TITLES
from domain.handover.terminal.values import WORDS
from integrations.atena_adapters.fields import CODE_WORDS
from integrations.atena_adapters.requests import RequestKind
from tests.domain.handover.conftest import Carried, text
from tests.domain.handover.test_medium import AREA, _released, _taken_in
from tests.domain.linkage.paid import approve_copies, copies, pay, provide_by_rule
from tests.domain.linkage.world import World

SHEETS = "/handover/sheets/"
OPERATOR = {"approval_number": "R7-0001"}


def test_no_kind_is_forgotten() -> None:
    from domain.linkage.models import Batch
    from domain.linkage.underway import KINDS

    assert set(KINDS) == set(Batch.Kind.values)
    assert set(TITLES) == set(RequestKind)
    shown = {word for table, words in CODE_WORDS.items() if table != "receipt_statuses" for word in words}
    assert shown <= set(WORDS)


@pytest.fixture
def approved(world: World) -> Any:
    """A prefecture that provides, and a pupil with 12,000 円 paid."""

    def ready(link: Carried) -> Carried:
        from domain.households.models import Member
        from domain.linkage.models import Registration

        Registration.objects.update(state="registered", known=True)
        provide_by_rule()
        pay({Member.objects.get(key="03"): 12_000})
        assert approve_copies() is not None
        return link

    return ready


def _job() -> Any:
    from jobs.models import Job

    return Job.objects.exclude(state="succeeded").get()


def test_copies_travel_on_the_medium_and_come_back(in_force: Any, approved: Any, browsers: list[Client]) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch

    carried: Carried = in_force("medium")
    carried.register()
    _, files = _released(browsers)
    _taken_in(browsers, carried.clerk.answer(files))
    carried.run(_job())
    approved(carried)
    carried.run(services.start_provision(OPERATOR))
    _, files = _released(browsers)
    shown = text(browsers[0].get(f"{AREA}batches/{Batch.objects.get(kind='provide').pk}/"))
    assert "うち、回答のないもの 1件" in shown
    assert "副本登録（追加）" in shown
    _taken_in(browsers, carried.clerk.answer(files))
    carried.run(_job())
    assert copies() == {"03": (12_000, "numbered")}
    shown = text(browsers[0].get(f"{AREA}batches/{Batch.objects.get(kind='provide').pk}/"))
    assert "うち、回答のないもの 0件" in shown


def test_copies_are_keyed_and_entered_twice(in_force: Any, approved: Any, browsers: list[Client]) -> None:
    from domain.linkage import services
    from domain.linkage.models import Batch

    keyed: Carried = in_force("terminal")
    keyed.register()
    approved(keyed)
    keyed.run(services.start_provision(OPERATOR))
    batch = Batch.objects.get(kind="provide")
    url = f"{SHEETS}provision_{batch.pk}/"
    assert "追加" in text(browsers[0].get(url))
    grid = {"0-result": "done", "submit": "1", "evidence": "画面写し 第1号"}
    assert "「副本番号」が空です" in text(browsers[0].post(url, grid, follow=True))
    grid |= {"0-record_number": "F000000001"}
    for browser in browsers[:2]:
        text(browser.post(url, grid, follow=True))
    keyed.run(_job())
    assert copies() == {"03": (12_000, "numbered")}
