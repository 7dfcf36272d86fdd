"""The page, the clock and the faults of a running simulator; what it holds survives, numbers are nowhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integrations.atena_adapters.port import (
    Answered,
    Held,
    InquiryKind,
    LinkageBatch,
    LinkageLine,
    Linked,
    Outcome,
    Provided,
    ProvisionAct,
    ProvisionBatch,
    ProvisionLine,
    Refused,
    Registered,
)
from integrations.atena_adapters.registry import preset
from tests.integrations.atena_adapters.simulator.played import Played, played
from tests.integrations.atena_adapters.support import (
    MADE_AT,
    OPERATOR,
    PEOPLE,
    ROOT,
    Seed,
    atena,
    inquiry,
    make_seed,
    process,
    registration,
)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Seed:
    """The sealed population."""
    return make_seed(tmp_path_factory.mktemp("seed"))


def _post(link: Played, path: str, **values: str) -> dict[str, Any]:
    url = f"http://127.0.0.1:{link.facts['control_port']}{path}"
    request = urllib.request.Request(url, urllib.parse.urlencode(values).encode(), {"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
        found: dict[str, Any] = json.load(response)
    return found


def _get(link: Played, path: str = "/") -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{link.facts['control_port']}{path}", timeout=10) as response:
        return str(response.read().decode())


@pytest.fixture
def link(people: Seed, tmp_path: Path) -> Iterator[Played]:
    """The folder of `fixed`, with a page."""
    with played(preset("fixed"), people, tmp_path, "--control-port", "0", "--linkage-hours", "48") as opened:
        opened.wait(opened.adapter.register(registration(*range(1, 8), batch_id="setup")))
        yield opened


def _tax(link: Played, *numbers: int, batch_id: str) -> dict[str, Outcome]:
    return dict(link.wait(link.adapter.submit_inquiry(inquiry(InquiryKind.TAX, *numbers, batch_id=batch_id))).outcomes)


def test_a_linkage_code_comes_after_its_hours(link: Played) -> None:
    assert isinstance(_tax(link, 1, batch_id="early")["L1"], Refused)
    batch = LinkageBatch("F1", MADE_AT, OPERATOR, lines=(LinkageLine(atena(1)),))
    receipt = link.adapter.check_linkage(batch)
    time.sleep(0.3)
    assert not isinstance(link.adapter.collect(receipt).outcomes[atena(1)], Linked)
    _post(link, "/clock", hours="49")
    assert isinstance(link.wait(receipt).outcomes[atena(1)], Linked)
    assert isinstance(_tax(link, 1, batch_id="late")["L1"], Answered)


def test_a_clerk_releases_or_refuses_what_is_held(link: Played) -> None:
    _post(link, "/clock", hours="49")
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.TAX, 6, batch_id="held"))
    assert isinstance(link.wait(receipt).outcomes["L6"], Held)
    state = json.loads(_get(link, "/state.json"))
    assert state["held"] == [["held", "L6", "tax"]]
    _post(link, "/held", batch="held", line="L6", act="refused")
    assert isinstance(link.wait(receipt, until=lambda found: found.settled).outcomes["L6"], Refused)
    again = link.adapter.submit_inquiry(inquiry(InquiryKind.TAX, 6, batch_id="held2"))
    assert isinstance(link.wait(again).outcomes["L6"], Held)
    _post(link, "/held", batch="held2", line="L6", act="released")
    assert isinstance(link.wait(again, until=lambda found: found.settled).outcomes["L6"], Answered)


def test_others_ask_about_our_copy_and_both_ways_are_recorded(link: Played) -> None:
    _post(link, "/clock", hours="49")
    assert isinstance(_tax(link, 1, batch_id="asked")["L1"], Answered)
    line = ProvisionLine("P1", ProvisionAct.ADD, atena(1), 2026, MADE_AT.date(), MADE_AT.date(), 12_000)
    added = link.wait(link.adapter.provide(ProvisionBatch("P", MADE_AT, OPERATOR, lines=(line,)))).outcomes["P1"]
    assert isinstance(added, Provided)
    told = _post(link, "/incoming", number=added.record_number)
    assert (told["result"], told["amount"]) == ("answered", "12000")
    assert _post(link, "/incoming", number="F999999999")["result"] == "not_found"
    assert json.loads(_get(link, "/state.json"))["counts"]["provisions"] == 3


def test_the_issue_follows_the_interfaces_of_the_standard(link: Played) -> None:
    steps = json.loads(_get(link, "/state.json"))["counts"]["steps"]
    assert steps == 7 * 4
    link.wait(link.adapter.register(registration(1, batch_id="known")))
    assert json.loads(_get(link, "/state.json"))["counts"]["steps"] == steps + 2


def test_the_page_injects_a_fault_and_shows_no_person(link: Played) -> None:
    _post(link, "/clock", hours="49")
    _post(link, "/fault", name="doubled_line", kind="inquiry", times="1")
    page = _get(link)
    assert "同じ行が二度" in page
    assert "あと1回" in page
    receipt = link.adapter.submit_inquiry(inquiry(InquiryKind.RESIDENT, 1, 2, batch_id="twice"))
    assert link.wait(receipt).problems
    shown = _get(link) + _get(link, "/state.json")
    for person in PEOPLE:
        assert person.individual_number not in shown
        assert person.name not in shown
    assert atena(1) not in shown
    assert "あと1回" not in shown


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_the_control_obeys_this_machine_alone(link: Played, headers: dict[str, str]) -> None:
    url = f"http://127.0.0.1:{link.facts['control_port']}/fault"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(url, b"name=bom", headers), timeout=10)
    assert caught.value.code == 403
    caught.value.close()


def test_nonsense_is_refused_in_words(link: Played) -> None:
    for path, values in (("/fault", {"name": "earthquake"}), ("/clock", {"hours": "-1"}), ("/held", {"act": "eat"})):
        with pytest.raises(urllib.error.HTTPError) as caught:
            _post(link, path, **values)
        assert caught.value.code == 400
        assert "できません" in caught.value.read().decode()
        caught.value.close()


def test_one_clock_is_shared_and_outlives_a_restart(people: Seed, tmp_path: Path) -> None:
    clock = tmp_path / "clock.json"
    options = ("--control-port", "0", "--clock", str(clock), "--linkage-hours", "10")
    with played(preset("rest"), people, tmp_path / "a", *options) as one:
        with played(preset("fixed"), people, tmp_path / "b", *options) as other:
            outcome = one.wait(one.adapter.register(registration(1, batch_id="R"))).outcomes[atena(1)]
            assert isinstance(outcome, Registered)
            _post(other, "/clock", hours="12")
        batch = LinkageBatch("F", MADE_AT, OPERATOR, lines=(LinkageLine(atena(1)),))
        assert isinstance(one.wait(one.adapter.check_linkage(batch)).outcomes[atena(1)], Linked)
    with played(preset("rest"), people, tmp_path / "a", *options) as one:
        assert isinstance(_tax(one, 1, batch_id="Q")["L1"], Answered)
        again = one.wait(one.adapter.register(registration(1, batch_id="R2"))).outcomes[atena(1)]
        assert again == outcome


def test_its_books_are_its_owners_alone(link: Played) -> None:
    folder = link.place / "exchange" / ".simulator"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_it_ends_with_its_parent(people: Seed, tmp_path: Path) -> None:
    started = _orphan(people, tmp_path)
    deadline = time.monotonic() + 8
    while _lives(started):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _orphan(people: Seed, tmp_path: Path) -> int:
    """A simulator whose parent has ended; its pid."""
    words = [
        sys.executable, "-m", "integrations.atena_adapters.simulator", "--profile", "nara", "--http-port", "0", "--with-parent",
        "--population", str(people.population), "--key-file", str(people.key_file),
    ]  # fmt: skip
    parent = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen({words!r}, stdout=subprocess.PIPE, text=True)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "import os; os._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", parent], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    assert not list(tmp_path.iterdir())
    return int(done.stdout)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_it_listens_on_loopback_alone(people: Seed, tmp_path: Path) -> None:
    profile = tmp_path / "profile.json"
    profile.write_text(preset("rest").model_dump_json())
    with process(profile, people, "--http-port", "0", "--control-port", "0") as facts:
        ours = {facts["port"], facts["download_port"], facts["control_port"]}
        heard = {
            int(port, 16): address
            for address, port in (
                line.split()[1].split(":") for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
            )
            if int(port, 16) in ours
        }
    assert set(heard) == ours
    assert set(heard.values()) == {"0100007F"}
