"""副本, answers to held inquiries and 情報提供等記録 of every preset that offers them: sent again after a cut, read again, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from integrations.atena_adapters.port import (
    BatchInvalid,
    Decided,
    Decision,
    Listed,
    ListedEntry,
    ListingBatch,
    ListingLine,
    ListKind,
    NotAccepted,
    Outcome,
    Provided,
    ProvisionAct,
    ProvisionBatch,
    ProvisionLine,
    ReleaseBatch,
    ReleaseLine,
    SubmissionReceipt,
)
from integrations.atena_adapters.registry import preset, preset_names
from tests.integrations.atena_adapters.simulator.played import Played, played
from tests.integrations.atena_adapters.support import MADE_AT, OPERATOR, Seed, atena, registration

PERIOD = (2026, date(2026, 4, 1), date(2026, 9, 30))
TODAY = date.today()  # noqa: DTZ011 - only as the middle of a long period


@pytest.fixture(scope="module", params=preset_names())
def link(request: pytest.FixtureRequest, seed: Seed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """A preset with the simulator at the other end, two people registered."""
    server = request.getfixturevalue("postgres") if request.param == "database" else None
    with played(preset(request.param), seed, tmp_path_factory.mktemp("link"), server=server) as opened:
        opened.wait(opened.adapter.register(registration(1, 2, batch_id="setup")))
        yield opened


def _twice(link: Played, submit: Any, batch: Any) -> dict[str, Outcome]:
    """Killed after sending, before anything was stored: the same batch goes out again; then the answers are read twice."""
    submit(batch)
    receipt: SubmissionReceipt = submit(batch)
    first = link.wait(receipt)
    again = link.wait(receipt)
    assert dict(first.outcomes) == dict(again.outcomes)
    link.adapter.finish(receipt, again.read)
    link.adapter.finish(receipt, again.read)
    return dict(first.outcomes)


def _add(link: Played, name: str, person: int = 1) -> str:
    line = ProvisionLine(name, ProvisionAct.ADD, atena(person), *PERIOD, 12_000)
    outcome = _twice(link, link.adapter.provide, ProvisionBatch(name, MADE_AT, OPERATOR, lines=(line,)))[name]
    assert isinstance(outcome, Provided)
    return outcome.record_number


def _list(link: Played, name: str, listed: ListKind) -> dict[str, ListedEntry]:
    line = ListingLine(name, listed, TODAY - timedelta(days=300), TODAY + timedelta(days=300))
    outcome = _twice(link, link.adapter.fetch_lists, ListingBatch(name, MADE_AT, OPERATOR, lines=(line,)))[name]
    assert isinstance(outcome, Listed), outcome
    return {entry.entry: entry for entry in outcome.entries}


def test_a_copy_sent_again_after_a_cut_is_there_once(link: Played) -> None:
    one, other = _add(link, "once1"), _add(link, "once2", 2)
    assert int(other[1:]) == int(one[1:]) + 1


def test_held_inquiries_are_listed_answered_once_and_recorded(link: Played) -> None:
    if not link.adapter.capabilities().lists:
        line = ListingLine("L", ListKind.INCOMING, TODAY, TODAY)
        with pytest.raises(BatchInvalid, match="中間サーバーの端末"):
            link.adapter.fetch_lists(ListingBatch("none", MADE_AT, OPERATOR, lines=(line,)))
        return
    number = _add(link, "held")
    assert _list(link, "before", ListKind.INCOMING) == {}
    asked = [
        link.control("/incoming", number=number, institution=f"サンプル市{n}", hold="1")["reference"] for n in (1, 2)
    ]
    waiting = _list(link, "waiting", ListKind.INCOMING)
    assert sorted(waiting) == asked
    first = waiting[asked[0]]
    assert (first.atena_number, first.party, first.record_number, first.provided) == (
        atena(1),
        "サンプル市1",
        number,
        True,
    )
    assert first.asked_at is not None
    assert first.provided_at is None

    lines = (
        ReleaseLine("R1", asked[0], Decision.RELEASE),
        ReleaseLine("R2", asked[1], Decision.REFUSE, "本人からの申出のため"),
        ReleaseLine("R3", "SK99999999", Decision.RELEASE),
    )
    outcomes = _twice(link, link.adapter.release, ReleaseBatch("answers", MADE_AT, OPERATOR, lines=lines))
    assert [type(outcomes[name]) for name in ("R1", "R2", "R3")] == [Decided, Decided, NotAccepted]
    assert _list(link, "after", ListKind.INCOMING) == {}
    again = ReleaseBatch("another", MADE_AT, OPERATOR, lines=(ReleaseLine("R4", asked[0], Decision.REFUSE),))
    assert isinstance(_twice(link, link.adapter.release, again)["R4"], NotAccepted)

    records = _list(link, "records", ListKind.RECORDS)
    assert records[asked[0]].provided_at is not None
    assert records[asked[1]].provided_at is None
    assert records[asked[0]].item == "就学のため必要な経費の支弁に関する情報"
