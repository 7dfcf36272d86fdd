"""What people carry: two of them, an approval number, a receipt for every file, nothing used that was altered, lost or meant for others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from integrations.atena_adapters.config import AdapterConfig, MediumTransport
from integrations.atena_adapters.port import (
    EVERYTHING,
    AtenaAdapter,
    BatchInvalid,
    ConfigurationInvalid,
    InquiryKind,
    Registered,
)
from integrations.atena_adapters.registry import Bounds, build, preset
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.transports.base import Address
from integrations.atena_adapters.transports.medium_desk import MediumDesk
from integrations.atena_adapters.transports.medium_package import medium_keys, unpack
from integrations.atena_adapters.transports.terminal import Difference
from tests.integrations.atena_adapters.simulator.carrier import Carrier
from tests.integrations.atena_adapters.simulator.inside import inside
from tests.integrations.atena_adapters.simulator.played import SECRET, TWO, Played, changed, played, shown
from tests.integrations.atena_adapters.support import PEOPLE, Keeper, Seed, atena, inquiry, registration


@dataclass
class Carried:
    """A medium, our desk, and the other side's clerk."""

    adapter: AtenaAdapter
    config: AdapterConfig
    desk: MediumDesk
    clerk: Carrier
    place: Path
    medium: dict[str, bytes] = field(default_factory=dict)

    def work(self) -> None:
        """A whole journey: out with two people, worked through, and back with two people."""
        out = self.desk.release(approval="R8-0001", **TWO)
        came = self.clerk.answer(out)
        self.medium |= out | came
        assert all(one.accepted for one in self.desk.take_in(came, **TWO))


@pytest.fixture
def medium(tmp_path: Path) -> Carried:
    """The medium preset."""
    place = tmp_path / "place"
    place.mkdir()
    config = changed(preset("medium"), folder=str(place))
    assert isinstance(config.transport, MediumTransport)
    adapter = build(config, keep=Keeper(), secrets={"medium": SecretStr(SECRET)}, bounds=Bounds(place))
    desk = MediumDesk(config.transport, place, SecretStr(SECRET), keep=Keeper())
    return Carried(adapter, config, desk, Carrier(config, tmp_path / "medium", SECRET), place)


@pytest.fixture
def terminal(tmp_path: Path, seed: Seed) -> Iterator[Played]:
    """The terminal preset."""
    with played(preset("terminal"), seed, tmp_path / "link", run=inside) as opened:
        yield opened


def test_a_release_needs_two_people_and_an_approval(medium: Carried) -> None:
    medium.adapter.register(registration(1, batch_id="a"))
    for people, approval in (({"who": "甲", "witness": "甲"}, "R8"), ({"who": "甲", "witness": ""}, "R8"), (TWO, " ")):
        with pytest.raises(BatchInvalid):
            medium.desk.release(approval=approval, **people)
    assert [found.batch for found in medium.desk.waiting()] == ["a"]
    files = medium.desk.release(approval="R8-0001", **TWO)
    manifest, _ = unpack(files["to_atena_000001.pkg"], medium_keys(SecretStr(SECRET)))
    assert (manifest.approval, manifest.made_by, manifest.sequence, manifest.previous, manifest.count) == (
        "R8-0001",
        "担当",
        1,
        0,
        1,
    )
    assert medium.desk.release(approval="R8-0001", **TWO) == {}
    assert medium.desk.again(1, **TWO) == files


def test_no_number_is_readable_anywhere_and_none_stays_after_the_receipt(medium: Carried) -> None:
    receipt = medium.adapter.register(registration(1, batch_id="a"))
    medium.medium = medium.desk.release(approval="R8-0001", **TWO)
    everything = [path.read_bytes() for path in medium.place.rglob("*") if path.is_file()]
    everything += medium.medium.values()
    assert not any(PEOPLE[0].individual_number.encode() in content for content in everything)
    assert medium.desk.take_in(medium.clerk.answer(medium.medium), **TWO)[0].accepted
    found = medium.adapter.collect(receipt)
    assert isinstance(found.outcomes[atena(1)], Registered)
    assert not list((medium.place / "released").iterdir())
    assert medium.adapter.finish(receipt, found.read)
    assert not list((medium.place / "arrived").iterdir())


def test_files_that_must_not_be_used_are_refused_with_a_receipt(medium: Carried) -> None:
    medium.adapter.register(registration(1, batch_id="a"))
    out = medium.desk.release(approval="R8-0001", **TWO)
    came = medium.clerk.answer(out)
    first, second = sorted(came)
    altered = bytearray(came[first])
    altered[-1] ^= 1
    gap = medium.desk.take_in({second: came[second]}, **TWO)
    broken = medium.desk.take_in({first: bytes(altered)}, **TWO)
    readdressed = medium.desk.take_in({first: came[first].replace(b'"tenant":"290009"', b'"tenant":"280003"')}, **TWO)
    foreign = medium.desk.take_in({"x.pkg": b"something"}, **TWO)
    assert ["まだ届いていません" in gap[0].reason, "改ざん" in broken[0].reason, "改ざん" in readdressed[0].reason] == [
        True
    ] * 3
    assert not foreign[0].accepted
    other = medium.clerk.write("a", b"", tenant="280003", sequence=1)
    assert "この団体あて" in medium.desk.take_in(other, **TWO)[0].reason
    taken = medium.desk.take_in(came, **TWO)
    assert [one.accepted for one in taken] == [True, True]
    assert [one.accepted for one in medium.desk.take_in(came, **TWO)] == [True, True]
    assert len([entry for entry in medium.desk.journal() if entry["act"] == "taken"]) == 2
    same = medium.clerk.write("a", b"other", sequence=2)
    assert "内容の違う" in medium.desk.take_in(same, **TWO)[0].reason
    lines = [json.loads(line) for line in medium.desk.receipts([*taken, *gap]).splitlines()]
    assert [(line["sequence"], line["accepted"]) for line in lines] == [(1, True), (2, True), (2, False)]


def test_erasing_is_recorded_with_who_how_and_which_files(medium: Carried) -> None:
    medium.adapter.register(registration(1, batch_id="a"))
    medium.work()
    assert {entry["name"] for entry in medium.desk.journal() if entry["act"] in ("released", "taken")} == set(
        medium.medium
    )
    with pytest.raises(BatchInvalid):
        medium.desk.erased(medium.medium, method=" ", approval="R8-0001", **TWO)
    medium.desk.erased(medium.medium, method="上書き3回", approval="R8-0001", **TWO)
    record = medium.desk.journal()[-1]
    assert record["act"] == "erased"
    assert isinstance(record["files"], dict)
    assert set(record["files"]) == set(medium.medium)
    assert (record["who"], record["witness"], record["method"]) == ("担当", "立会", "上書き3回")


def test_a_key_of_another_length_is_refused(medium: Carried) -> None:
    with pytest.raises(ConfigurationInvalid, match="Base64"):
        build(medium.config, keep=Keeper(), secrets={"medium": SecretStr("short")}, bounds=Bounds(medium.place))


ADDRESS = Address(RequestKind.REGISTRATION, "a", 0, datetime(2026, 6, 1, tzinfo=UTC))


def test_two_people_must_enter_the_same(terminal: Played) -> None:
    receipt = terminal.adapter.register(registration(1, 2, batch_id="a"))
    desk = terminal.extra["desk"]
    sheet = desk.sheet(ADDRESS)
    assert sheet.lines[0]["kojinBango"] == PEOPLE[0].individual_number
    assert PEOPLE[0].individual_number not in repr(sheet)
    told = shown(terminal.facts["port"], sheet)
    wrong = [dict(line) for line in told]
    wrong[1]["togoAtenaBango"] = "1"
    assert desk.enter(ADDRESS, told, by="甲", evidence="写し1") == []
    assert not terminal.adapter.collect(receipt).complete
    assert desk.enter(ADDRESS, told, by="甲", evidence="写し1") == []  # the same person twice is one entry
    assert not terminal.adapter.collect(receipt).complete
    assert desk.enter(ADDRESS, wrong, by="乙", evidence="写し1") == [Difference(2, "togoAtenaBango")]
    assert not terminal.adapter.collect(receipt).complete
    with pytest.raises(BatchInvalid):
        desk.enter(ADDRESS, told, by="丙", evidence="写し1")
    assert desk.enter(ADDRESS, told, by="乙", evidence="写し1") == []
    assert desk.entered_by(ADDRESS) == ["甲", "乙"]
    assert all(isinstance(found, Registered) for found in terminal.adapter.collect(receipt).outcomes.values())
    with pytest.raises(BatchInvalid, match="確定"):
        desk.enter(ADDRESS, wrong, by="甲", evidence="写し1")


def test_entries_need_evidence_and_only_what_the_sheet_asks(terminal: Played) -> None:
    terminal.adapter.register(registration(1, batch_id="a"))
    desk = terminal.extra["desk"]
    for lines, by, evidence in (
        ([{}], "甲", " "),
        ([{}], "", "写し"),
        ([{"x": "1"}], "甲", "写し"),
        ([{}, {}], "甲", "写し"),
    ):
        with pytest.raises(BatchInvalid):
            desk.enter(ADDRESS, lines, by=by, evidence=evidence)


def test_sheets_are_sealed_and_go_at_the_end(terminal: Played) -> None:
    receipt = terminal.adapter.register(registration(1, batch_id="a"))
    terminal.work()
    place = terminal.place / "place"
    assert list(place.iterdir())
    for path in place.rglob("*"):
        assert PEOPLE[0].individual_number.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
    assert terminal.adapter.finish(receipt, terminal.adapter.collect(receipt).read)
    assert not list(place.iterdir())


def test_a_sheet_stays_while_somebody_keys_it(terminal: Played) -> None:
    receipt = terminal.adapter.register(registration(1, batch_id="a"))
    desk = terminal.extra["desk"]
    desk.enter(ADDRESS, [{}], by="甲", evidence="写し")
    assert not terminal.adapter.finish(receipt, frozenset())
    assert desk.entered_by(ADDRESS) == ["甲"]
    assert terminal.adapter.finish(receipt, EVERYTHING)
    assert not list((terminal.place / "place").iterdir())


def test_another_sheet_under_the_same_number_voids_the_entries(terminal: Played) -> None:
    terminal.adapter.register(registration(1, 2, batch_id="set"))
    terminal.work()
    terminal.adapter.submit_inquiry(inquiry(InquiryKind.TAX, 1, batch_id="q"))
    terminal.work()
    changed = terminal.adapter.submit_inquiry(inquiry(InquiryKind.TAX, 2, batch_id="q"))
    assert not terminal.adapter.collect(changed).complete


def test_only_what_was_approved_is_released(medium: Carried) -> None:
    medium.adapter.register(registration(1, batch_id="a"))
    approved = {found.digest for found in medium.desk.waiting()}
    medium.adapter.register(registration(2, batch_id="b"))
    assert list(medium.desk.release(approval="R8-0001", only=approved, **TWO)) == ["to_atena_000001.pkg"]
    assert [found.batch for found in medium.desk.waiting()] == ["b"]


def test_a_request_sent_again_before_its_receipt_keeps_its_number(medium: Carried) -> None:
    medium.adapter.register(registration(1, batch_id="a"))
    first = medium.desk.release(approval="R8-0001", **TWO)
    medium.adapter.register(registration(1, batch_id="a"))
    assert medium.desk.release(approval="R8-0002", **TWO) == first
    assert medium.desk.waiting() == []
    assert len([entry for entry in medium.desk.journal() if entry["act"] == "released"]) == 1
    medium.adapter.register(registration(2, batch_id="b"))
    assert list(medium.desk.release(approval="R8-0003", **TWO)) == ["to_atena_000002.pkg"]
