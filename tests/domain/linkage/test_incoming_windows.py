"""Lists are fetched from the start of use on, in windows: nothing between is left out, nothing is asked for twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.atena_adapters.port import ListKind
from tests.domain.linkage.world import YEAR, World, child, father

START = date(2025, 4, 1)
KEEP = 7
RECORDS = ListKind.RECORDS


def _asked(first: date, last: date, state: str = "collected") -> Any:
    from domain.linkage.models import Batch

    return Batch.objects.create(
        kind="list", sequence=Batch.objects.count() + 1, fiscal_year=YEAR, adapter_version=1, size=0, state=state,
        covers_from=first, covers_until=last, lists=["incoming", "records"],
    )  # fmt: skip


def _fetch_all(today: date, first: date | None) -> list[tuple[date, date]]:
    """Every window as runs of every hour ask for it."""
    from domain.linkage.incoming import windows

    found = [windows.recent(today)]
    _asked(*found[0])
    while some := windows.next_of(windows.earlier(RECORDS, today, first, KEEP), today):
        assert len(some) <= windows.AT_ONCE
        for window in some:
            _asked(*window)
        found += some
    return found


def _days(windows: list[tuple[date, date]]) -> list[date]:
    """The days that are over when they are asked for."""
    return sorted(first + timedelta(days=day) for first, last in windows for day in range((last - first).days))


def test_every_day_since_the_start_is_fetched_once(in_a: Any) -> None:
    today = date(2026, 11, 22)
    found = _fetch_all(today, START)
    assert _days(found) == [START + timedelta(days=day) for day in range((today - START).days)]
    assert max((last - first).days for first, last in found) == 60
    assert _fetch_all(today + timedelta(days=1), START)[1:] == []


def test_an_interruption_longer_than_a_window_is_made_good(in_a: Any) -> None:
    from domain.linkage.incoming import windows

    first = date(2026, 1, 10)
    _asked(*windows.recent(first))
    later = first + timedelta(days=200)
    found = _fetch_all(later, None)
    assert _days(found) == [first + timedelta(days=day) for day in range(200)]


def test_what_was_refused_or_failed_is_asked_for_again_and_what_is_under_way_is_not(in_a: Any) -> None:
    from domain.linkage.incoming import windows

    today = date(2026, 11, 22)
    end = windows.recent(today)[0]
    middle = end - timedelta(days=60)
    _asked(*windows.recent(today))
    _asked(end - timedelta(days=120), middle, "failed")
    under_way = _asked(middle, end, "sent")
    assert windows.earlier(RECORDS, today, end - timedelta(days=120), KEEP) == [(end - timedelta(days=120), middle)]
    assert not windows.recent_under_way(today)
    under_way.delete()
    assert windows.earlier(RECORDS, today, middle, KEEP) == [(middle, end)]


def test_nothing_older_than_the_term_of_keeping_is_asked_for(in_a: Any) -> None:
    from domain.linkage.incoming import windows

    today = date(2026, 11, 22)
    assert windows.earlier(RECORDS, today, date(2000, 1, 1), KEEP)[0][0] == today - timedelta(days=366 * KEEP)
    assert windows.earlier(RECORDS, today, None, KEEP) == []


@pytest.mark.parametrize("since", ["2026-02-30", "令和7年4月1日"])
def test_a_day_that_is_none_is_refused_in_the_configuration(since: str) -> None:
    from pydantic import ValidationError

    from integrations.atena_adapters.config.workflow import Workflow

    with pytest.raises(ValidationError):
        Workflow(lists_from=since)


def test_old_records_come_with_the_first_connection(world: World, start: Any, tmp_path: Any) -> None:
    """Through the real link, with a record a year old; a second run brings nothing new and asks for no window again."""
    from domain.linkage import services
    from domain.linkage.models import Batch, ExchangeRecord
    from integrations.atena_adapters.simulator.ledger import Ledger
    from integrations.sealed_file import read_key_file
    from tests.domain.linkage.conftest import OPERATOR, work

    world.household(father(), child())
    began = timezone.localdate() - timedelta(days=400)
    start("nara", "--state", str(tmp_path / "state"), lists=True, lists_from=began.isoformat()).register()
    ledger = Ledger(read_key_file(tmp_path / "key"), tmp_path / "state")
    unified = next(iter(ledger.addressees.values())).unified
    old = (timezone.now() - timedelta(days=390)).timestamp()
    ledger.note_provisions([(old, "in", "支弁に関する情報", unified, "サンプル県/1", "answered")])
    for _ in range(2):
        assert work(services.start_incoming(OPERATOR)).state == "succeeded"
        assert ExchangeRecord.objects.filter(entry="サンプル県/1").count() == 1
    fetched = Batch.objects.filter(kind="list", covers_from__lt=timezone.localdate() - timedelta(days=60))
    assert fetched.count() == 6
    assert fetched.order_by("covers_from").values_list("covers_from", flat=True)[0] == began
