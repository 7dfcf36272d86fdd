"""Every fault shows on the wire, once, and the next delivery is sound again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import pytest

from integrations.atena_adapters.simulator.faults import TITLES, Fault
from integrations.atena_adapters.simulator.items import Kind, Row
from integrations.atena_adapters.simulator.office import Office
from integrations.atena_adapters.simulator.serving.files import FileSide
from integrations.atena_adapters.simulator.serving.rest import RestSide
from integrations.atena_adapters.simulator.serving.web import Request
from integrations.atena_adapters.simulator.wire.errors import Unreadable
from tests.integrations.atena_adapters.simulator import counter as counters
from tests.integrations.atena_adapters.simulator.played import played
from tests.integrations.atena_adapters.support import atena


@dataclass
class Written:
    """Two writings of the same answer: while the fault strikes, and after it."""

    counter: Office
    bad: bytes
    good: bytes
    bad_rows: list[Row]
    good_rows: list[Row]


def _written(fault: Fault, preset: str = "sftp") -> Written:
    counter = counters.office(preset, f"{fault.value}@inquiry")
    batch = counters.asked(counter, "tax", 1, 11, 12)
    answers = counter.answers(batch)
    bad, good = counter.write(batch, list(answers)), counter.write(batch, list(answers))
    try:
        bad_rows = counters.read_back(counter, batch, bad)
    except Unreadable:
        bad_rows = []
    return Written(counter, bad, good, bad_rows, counters.read_back(counter, batch, good))


def _ids(rows: list[Row]) -> list[str | None]:
    return [row["line_id"] for row in rows]


CONTENT: dict[Fault, Callable[[Written], bool]] = {
    Fault.SHUFFLED: lambda w: _ids(w.bad_rows) == _ids(w.good_rows)[::-1],
    Fault.DOUBLED_LINE: lambda w: w.bad_rows == [*w.good_rows, w.good_rows[0]],
    Fault.CONFLICT: lambda w: (w.bad_rows[3]["line_id"], w.bad_rows[3]["result"]) == ("L1", "not_found"),
    Fault.STRANGER: lambda w: w.bad_rows[0]["line_id"] == "99999999" and w.bad_rows[1:] == w.good_rows,
    Fault.WRONG_BATCH: lambda w: not set(_ids(w.bad_rows)) & set(_ids(w.good_rows)),
    Fault.WRONG_PERSON: lambda w: w.bad_rows[0]["atena_number"] != w.good_rows[0]["atena_number"] == atena(1),
    Fault.WRONG_ITEM: lambda w: (w.bad_rows[0]["total_income"], w.good_rows[0]["total_income"]) == ("40000", "1000001"),
    Fault.SWAPPED_FAMILY: lambda w: (w.bad_rows[0]["born"], w.bad_rows[1]["born"]) == (w.good_rows[1]["born"], w.good_rows[0]["born"]),
    Fault.NAMESAKE: lambda w: w.bad_rows[0]["born"] == w.good_rows[0]["born"]
    and w.bad_rows[0]["name"] == w.good_rows[0]["name"]
    and w.bad_rows[0]["address"] != w.good_rows[0]["address"],
    Fault.UNIFIED_ONLY: lambda w: w.bad_rows[0]["line_id"] == ""
    and w.counter.ledger.addressees[atena(1)].unified in (w.bad_rows[0]["reason"] or ""),
    Fault.GAIJI: lambda w: (w.bad_rows[0]["name"] or "").startswith("\ue000"),
    Fault.IVS: lambda w: (w.bad_rows[0]["name"] or "").endswith("辻\U000e0101"),
    Fault.BOM: lambda w: w.bad.startswith(b"\xef\xbb\xbf") and w.bad[3:] == w.good,
    Fault.MIXED_NEWLINES: lambda w: b"\r\n" in w.bad and w.bad.count(b"\n") > w.bad.count(b"\r\n"),
    Fault.TRUNCATED_LINE: lambda w: len(w.bad) < len(w.good) and w.bad.count(b"\n") == w.good.count(b"\n") and not w.bad_rows,
}  # fmt: skip


@pytest.mark.parametrize("fault", sorted(CONTENT))
def test_a_fault_in_the_content_shows_once(fault: Fault) -> None:
    written = _written(fault)
    assert CONTENT[fault](written)
    assert [row["result"] for row in written.good_rows] == ["answered"] * 3
    assert not written.counter.faults.left()


def test_a_vendors_character_takes_its_place_in_cp932() -> None:
    assert b"\xf0\x40" in _written(Fault.GAIJI, "fixed").bad


# --- files ----------------------------------------------------------------------------------------------------------


@dataclass
class Files:
    """A folder of `sftp` files, three lines of it answered late."""

    side: FileSide
    root: Path
    counter: Office

    def send(self, batch_id: str = "Q") -> None:
        """A request of ours, complete."""
        from integrations.atena_adapters.simulator.serving.placing import Habits, put

        rows = counters.inquiry("resident", 1, 2, 3)
        payload = counters.request(self.counter, Kind.INQUIRY, rows, batch_id)
        put(self.root / "irai" / f"SHOREI_inquiry_{batch_id}.csv", payload, Habits(marker=".end"))
        self.side.look()

    def names(self, place: str = "kaito") -> list[str]:
        """Complete files in a place."""
        return sorted(path.name for path in (self.root / place).glob("*.csv"))

    def after(self, seconds: float) -> list[str]:
        """The answers after a while."""
        time.sleep(seconds)
        self.side.look()
        return self.names()


def _files(root: Path, *faults: str) -> Files:
    counter = counters.office("sftp", *faults)
    counters.take(counter, Kind.REGISTRATION, counters.registration(1, 2, 3), "R")
    files = Files(FileSide(counters.profile_of("sftp"), counter, root), root, counter)
    counter.ledger.find(Kind.REGISTRATION, "R").delivered.update(map(atena, (1, 2, 3)))  # type: ignore[union-attr]
    return files


PART = "SHOREI_inquiry_Q.ans{}.csv"


def test_a_file_comes_twice(tmp_path: Path) -> None:
    files = _files(tmp_path, "doubled_file")
    files.send()
    assert files.names() == [PART.format(1), PART.format(2)]
    assert len({path.read_bytes() for path in (tmp_path / "kaito").glob("*.csv")}) == 1


def test_the_second_part_comes_before_the_first(tmp_path: Path) -> None:
    files = _files(tmp_path, "out_of_order")
    files.send()
    assert files.names() == [PART.format(2)]
    assert files.after(0.4) == [PART.format(1), PART.format(2)]


def test_the_same_name_comes_again_with_other_content(tmp_path: Path) -> None:
    files = _files(tmp_path, "same_sequence")
    files.send()
    first = (tmp_path / "kaito" / PART.format(1)).read_bytes()
    assert files.after(0.4) == [PART.format(1)]
    assert (tmp_path / "kaito" / PART.format(1)).read_bytes() != first


def test_a_file_is_cut_or_half_there_and_whole_later(tmp_path: Path) -> None:
    for fault in ("truncated", "partial_upload"):
        files = _files(tmp_path / fault, fault)
        files.send()
        found = [path for path in (files.root / "kaito").iterdir() if not path.name.endswith(".end")]
        assert [path.name for path in found] == [PART.format(1) + (".tmp" if fault == "partial_upload" else "")]
        short = found[0].stat().st_size
        assert files.after(0.4) == [PART.format(1)]
        assert (files.root / "kaito" / PART.format(1)).stat().st_size > short


def test_a_line_is_left_out_and_comes_in_a_part_of_its_own(tmp_path: Path) -> None:
    files = _files(tmp_path, "missing_line")
    files.send()
    first = (tmp_path / "kaito" / PART.format(1)).read_bytes()
    assert files.after(0.0) == [PART.format(1), PART.format(2)]
    second = (tmp_path / "kaito" / PART.format(2)).read_bytes()
    assert [data.count(b"L3") for data in (first, second)] == [0, 1]


def test_a_receipt_comes_late(tmp_path: Path) -> None:
    files = _files(tmp_path, "late_receipt")
    files.send()
    assert files.names("juryo") == []
    files.after(0.9)
    assert files.names("juryo") == ["SHOREI_inquiry_Q.rcp.csv"]


# --- HTTP -----------------------------------------------------------------------------------------------------------


def _rest(*faults: str) -> RestSide:
    counter = counters.office("nara", *faults)
    counters.asked(counter, "tax", 1, 2)
    return RestSide(counters.profile_of("nara"), counter, "", stall=0.2)


RESULT = Request("GET", "/atena/v1/inquiry/Q/result", {}, b"")


@pytest.mark.parametrize(
    ("fault", "status"), [("http_401", 401), ("http_429", 429), ("http_503", 503), ("forget", 404)]
)
def test_a_status_is_given_once(fault: str, status: int) -> None:
    side = _rest(fault)
    assert [side.reply(RESULT).status, side.reply(RESULT).status] == [status, HTTPStatus.OK]


def test_an_answer_is_slow_once() -> None:
    side, begun = _rest("timeout"), time.monotonic()
    side.reply(RESULT)
    assert time.monotonic() - begun >= 0.2


def test_an_answer_breaks_off() -> None:
    reply = _rest("drop_answer").reply(RESULT)
    assert reply.cut_at == len(reply.body) // 2


def test_an_upload_breaks_off_and_is_not_taken() -> None:
    side = _rest("drop_upload@inquiry")
    assert side.drops("/atena/v1/inquiry/Q2")
    assert not side.drops("/atena/v1/inquiry/Q2")


def test_tokens_end_all_at_once(tmp_path: Path) -> None:
    from integrations.atena_adapters.registry import preset
    from tests.integrations.atena_adapters.support import make_seed, registration

    with played(preset("rest"), make_seed(tmp_path), tmp_path / "link", "--fault", "token_expired") as link:
        outcomes = link.wait(link.adapter.register(registration(1, batch_id="R"))).outcomes
    assert len(outcomes) == 1


@pytest.mark.parametrize("name", ["rest", "sftp"])
def test_a_kill_during_the_upload_leaves_nothing_taken(name: str, tmp_path: Path) -> None:
    from integrations.atena_adapters.port import CommunicationError, Registered
    from integrations.atena_adapters.registry import preset
    from tests.integrations.atena_adapters.simulator.played import changed
    from tests.integrations.atena_adapters.support import make_seed, registration

    config = changed(preset(name), attempts=1) if name == "rest" else preset(name)
    with played(config, make_seed(tmp_path), tmp_path / "link", "--fault", "drop_upload") as link:
        batch = registration(1, batch_id="R")
        with pytest.raises(CommunicationError):
            link.adapter.register(batch)
        assert isinstance(link.wait(link.adapter.register(batch)).outcomes[atena(1)], Registered)


def test_a_package_for_another_tenant_is_refused(tmp_path: Path) -> None:
    from integrations.atena_adapters.registry import preset
    from tests.integrations.atena_adapters.support import make_seed, registration

    with played(preset("medium"), make_seed(tmp_path), tmp_path / "link", "--fault", "wrong_tenant") as link:
        receipt = link.adapter.register(registration(1, batch_id="R"))
        stop, seen = threading.Event(), link.extra["refused"]
        for _ in range(60):
            link.work()
            if seen:
                break
            stop.wait(0.05)
        assert seen
        assert not link.adapter.collect(receipt).complete


def test_every_fault_has_a_title_and_a_test() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert set(TITLES) == set(Fault)
    assert [fault.value for fault in Fault if f'"{fault.value}' not in text and fault not in CONTENT] == []
