"""Hours, a stop for maintenance, answers of the next business day and a wrong clock of the other side, on every link A to F."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from integrations.atena_adapters.port import CheckState, Collection, CommunicationError, Registered, SubmissionReceipt
from integrations.atena_adapters.registry import preset
from integrations.atena_adapters.simulator.clock import JAPAN
from integrations.atena_adapters.simulator.conduct import Conduct
from integrations.atena_adapters.transports.clocks import CLOCK
from tests.integrations.atena_adapters.fault_table import LINKS
from tests.integrations.atena_adapters.simulator.inside import inside
from tests.integrations.atena_adapters.simulator.played import Played, changed, played
from tests.integrations.atena_adapters.support import Seed, atena, registration

CONDUCT = """
hours = "08:30-17:15"
days_off = true
timing = "next_business_day"
stops = [["2030-01-15T10:00", "2030-01-15T14:00"]]
"""
IN_THE_STOP, AFTER_IT, AT_NIGHT, NEXT_DAY = (
    datetime(2030, 1, *moment, tzinfo=JAPAN) for moment in ((15, 12), (15, 15), (15, 22), (16, 10))
)
KNOCKS = "AB"
"""Links that are refused while the other side is closed; at the others what was put lies, or the terminal shows nothing."""
TELLS_THE_TIME = "ABD"
"""By the Date header, the time of a written file, the clock function. A folder, a medium and a terminal tell none."""


@pytest.fixture(params=sorted(LINKS))
def opened(request: pytest.FixtureRequest, seed: Seed, tmp_path: Path) -> Iterator[tuple[str, Played]]:
    """A link in the middle of a stop, the other side's clock an hour ahead of ours besides."""
    name = LINKS[request.param]
    server = request.getfixturevalue("postgres") if name == "database" else None
    conduct = tmp_path / "conduct.toml"
    conduct.write_text(CONDUCT)
    config = changed(preset(name), attempts=1) if name == "rest" else preset(name)
    given = ("--conduct", str(conduct), "--skew", "3600")
    with played(config, seed, tmp_path / "link", *given, server=server, run=inside) as link:
        link.facts["office"].clock.set_to(IN_THE_STOP)
        yield request.param, link


def test_what_is_sent_in_a_stop_is_answered_when_the_other_side_works_and_the_answers_are_due(
    opened: tuple[str, Played],
) -> None:
    letter, link = opened
    clock, batch = link.facts["office"].clock, registration(1, batch_id="R")
    if letter in KNOCKS:
        with pytest.raises(CommunicationError) as caught:
            link.adapter.register(batch)
        assert caught.value.retryable
        clock.set_to(AFTER_IT)
    receipt = link.adapter.register(batch)
    assert not _looked(link, receipt).complete
    if letter not in KNOCKS:
        clock.set_to(AFTER_IT)
    if letter != "F":  # the terminal shows its answer to who keys
        assert not _looked(link, receipt).complete, "taken, and not due before the next business day"
        clock.set_to(AT_NIGHT)
        if letter in KNOCKS:
            with pytest.raises(CommunicationError):
                link.adapter.collect(receipt)
        else:
            assert not _looked(link, receipt).complete
        clock.set_to(NEXT_DAY)
    assert isinstance(link.wait(receipt).outcomes[atena(1)], Registered)


def test_a_wrong_clock_is_seen_where_the_other_side_tells_the_time(opened: tuple[str, Played]) -> None:
    letter, link = opened
    office = link.facts["office"]
    office.clock.set_to(datetime.now(JAPAN))
    office.conduct = Conduct(skew_seconds=3600)  # open at every hour
    link.work()
    told = {result.name: result.state for result in link.adapter.check_config()}
    assert told.get(CLOCK) == (CheckState.FAILED if letter in TELLS_THE_TIME else None)


def _looked(link: Played, receipt: SubmissionReceipt) -> Collection:
    for _ in range(3):
        link.work()
        found = link.adapter.collect(receipt)
    return found
