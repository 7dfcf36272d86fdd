"""What only SFTP can get wrong: another server's key, another key of ours, a server that hangs, links and gaps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest
from pydantic import SecretStr

from integrations.atena_adapters.port import (
    AuthenticationRefused,
    CheckState,
    CommunicationError,
    ProblemCode,
    Registered,
)
from integrations.atena_adapters.registry import build, preset
from tests.integrations.atena_adapters.simulator.inside import inside
from tests.integrations.atena_adapters.simulator.played import SECRET, Played, changed, played
from tests.integrations.atena_adapters.support import PEOPLE, Keeper, Seed, atena, registration


@pytest.fixture
def link(tmp_path: Path, seed: Seed) -> Iterator[Played]:
    """The SFTP preset."""
    with played(preset("sftp"), seed, tmp_path / "link", run=inside) as opened:
        yield opened


def _served(link: Played) -> Path:
    """The folder that the server shows us."""
    return Path(link.facts["folder"]) / "shorei"


def test_nothing_goes_to_a_server_with_another_key(link: Played) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with pytest.raises(CommunicationError, match="公開鍵") as caught:
        link.again(host_key=other).register(registration(1, batch_id="a"))
    assert not caught.value.retryable
    assert not list((_served(link) / "irai").iterdir())


def test_a_password_may_serve_instead_of_a_key(tmp_path: Path, seed: Seed) -> None:
    with played(changed(preset("sftp"), login="password"), seed, tmp_path / "link", run=inside) as link:
        assert link.secrets["sftp"].get_secret_value() == SECRET
        assert link.adapter.health().ok
        wrong = build(link.config, keep=Keeper(), secrets={"sftp": SecretStr("another")})
        with pytest.raises(AuthenticationRefused):
            wrong.register(registration(1, batch_id="a"))


def test_what_is_no_key_is_refused(link: Played) -> None:
    broken = build(link.config, keep=Keeper(), secrets={"sftp": SecretStr("no key at all")})
    with pytest.raises(AuthenticationRefused, match="OpenSSH"):
        broken.register(registration(1, batch_id="a"))


def test_a_key_that_lost_its_line_ends_still_opens(link: Played) -> None:
    flat = " ".join(link.secrets["sftp"].get_secret_value().split("\n"))
    assert build(link.config, keep=Keeper(), secrets={"sftp": SecretStr(flat)}).health().ok


def test_no_number_stays_on_the_server(link: Played) -> None:
    receipt = link.adapter.register(registration(1, 2, batch_id="a"))
    assert any(PEOPLE[0].individual_number.encode() in path.read_bytes() for path in _served(link).rglob("irai/*"))
    found = link.wait(receipt)
    assert isinstance(found.outcomes[atena(1)], Registered)
    for path in link.place.rglob("*"):
        assert path.is_dir() or PEOPLE[0].individual_number.encode() not in path.read_bytes()
    assert link.adapter.finish(receipt, found.read)
    assert not [path for path in _served(link).rglob("*") if path.is_file()]


def test_an_answer_without_its_completion_file_is_not_there_yet(link: Played) -> None:
    receipt = link.adapter.register(registration(1, batch_id="a"))
    link.work()
    answer = _served(link) / "kaito" / "SHOREI_registration_a.ans1.csv"
    marker = answer.with_name(answer.name + ".end")
    told = marker.read_text()
    marker.unlink()
    assert not link.adapter.collect(receipt).complete
    marker.write_text("1 00")
    assert [found.code for found in link.adapter.collect(receipt).problems] == [ProblemCode.UNREADABLE]
    marker.write_text(told)
    assert link.adapter.collect(receipt).complete


@pytest.mark.parametrize("may_rename", [True, False])
def test_what_a_kill_left_on_its_way_out_comes_back(
    may_rename: bool, link: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object) -> None:
        raise asyncssh.SFTPPermissionDenied("no renaming in this folder")

    receipt = link.adapter.register(registration(1, batch_id="a"))
    read = link.wait(receipt).read
    if may_rename:
        answer = _served(link) / "kaito" / "SHOREI_registration_a.ans1.csv"
        answer.rename(answer.with_name(answer.name + ".erasing"))
        assert not link.adapter.finish(receipt, frozenset())
    else:
        monkeypatch.setattr(asyncssh.SFTPClient, "rename", refused)
    assert link.adapter.collect(receipt).complete
    assert link.adapter.finish(receipt, read)
    assert not [path for path in _served(link).rglob("*") if path.is_file()]


def test_a_link_on_the_server_is_not_followed(link: Played) -> None:
    receipt = link.adapter.register(registration(1, batch_id="a"))
    target = _served(link) / "elsewhere"
    target.write_bytes(b"x")
    for name in ("SHOREI_registration_a.rcp.csv", "SHOREI_registration_a.rcp.csv.end"):
        (_served(link) / "juryo" / name).symlink_to(target)
    with pytest.raises(CommunicationError):
        link.adapter.collect(receipt)
    assert target.read_bytes() == b"x"


def test_a_missing_place_fails_the_check(link: Played) -> None:
    (_served(link) / "kaito").rmdir()
    assert "kaito" in link.adapter.health().message
    assert "failed" in {result.state.value for result in link.adapter.check_config()}


def test_a_folder_whose_answers_may_not_be_listed_fails_the_check(
    link: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies there decides whether it may be cleared."""

    async def refused(*_: object) -> None:
        raise asyncssh.SFTPPermissionDenied("no listing in this folder")

    monkeypatch.setattr(asyncssh.SFTPClient, "listdir", refused)
    (told,) = [result for result in link.adapter.check_config() if result.name == "SFTP"]
    assert (told.state, "一覧の許可" in told.remedy) == (CheckState.FAILED, True)


def test_a_server_that_hangs_holds_nobody_else(link: Played, tmp_path: Path, seed: Seed) -> None:
    slow = changed(preset("sftp"), timeout_seconds=5)
    with played(slow, seed, tmp_path / "other", "--fault=timeout:*", "--stall=60", run=inside) as hanging:
        errors: list[CommunicationError] = []

        def wait() -> None:
            try:
                hanging.adapter.register(registration(1, batch_id="stuck"))
            except CommunicationError as error:
                errors.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        link.wait(link.adapter.register(registration(1, batch_id="free")))
        assert thread.is_alive(), "the one that hangs still waits when the other has its answer"
        assert not errors
        thread.join(30)
    assert errors
    assert errors[0].retryable
