"""What only SFTP can get wrong: another server's key, another key of ours, a server that hangs, links and gaps."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest
from pydantic import SecretStr

from integrations.atena_adapters.port import AuthenticationRefused, CommunicationError, ProblemCode, Registered
from integrations.atena_adapters.registry import Bounds, build, preset
from tests.integrations.atena_adapters.counterpart.links import Link, changed, open_sftp
from tests.integrations.atena_adapters.counterpart.office import Office
from tests.integrations.atena_adapters.counterpart.sftp import PASSWORD, sftp_side
from tests.integrations.atena_adapters.support import PEOPLE, Keeper, atena, registration


@pytest.fixture
def link(tmp_path: Path) -> Iterator[Link]:
    """The SFTP preset."""
    with open_sftp(preset("sftp"), tmp_path) as opened:
        yield opened


def test_nothing_goes_to_a_server_with_another_key(link: Link, tmp_path: Path) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with pytest.raises(CommunicationError, match="公開鍵") as caught:
        link.again(host_key=other).register(registration(1, batch_id="a"))
    assert not caught.value.retryable
    assert not list((tmp_path / "shorei" / "irai").iterdir())


def test_a_password_may_serve_instead_of_a_key(link: Link) -> None:
    config = changed(link.config, login="password")
    right = build(config, keep=Keeper(), secrets={"sftp": SecretStr(PASSWORD)})
    assert right.health().ok
    wrong = build(config, keep=Keeper(), secrets={"sftp": SecretStr("another")})
    with pytest.raises(AuthenticationRefused):
        wrong.register(registration(1, batch_id="a"))
    broken = build(link.config, keep=Keeper(), secrets={"sftp": SecretStr("no key at all")})
    with pytest.raises(AuthenticationRefused, match="OpenSSH"):
        broken.register(registration(1, batch_id="a"))


def test_a_key_that_lost_its_line_ends_still_opens(link: Link) -> None:
    flat = " ".join(link.side.client_key.split("\n"))
    assert build(link.config, keep=Keeper(), secrets={"sftp": SecretStr(flat)}).health().ok


def test_no_number_stays_on_the_server(link: Link, tmp_path: Path) -> None:
    receipt = link.adapter.register(registration(1, 2, batch_id="a"))
    assert isinstance(link.answered(receipt).outcomes[atena(1)], Registered)
    for path in tmp_path.rglob("irai/*"):
        assert PEOPLE[0].individual_number.encode() not in path.read_bytes()
    link.adapter.finish(receipt)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_answer_without_its_completion_file_is_not_there_yet(link: Link, tmp_path: Path) -> None:
    receipt = link.adapter.register(registration(1, batch_id="a"))
    link.work()
    answer = tmp_path / "shorei" / "kaito" / "SHOREI_registration_a.ans1.csv"
    marker = answer.with_name(answer.name + ".end")
    told = marker.read_text()
    marker.unlink()
    assert not link.adapter.collect(receipt).complete
    marker.write_text("1 00")
    assert [found.code for found in link.adapter.collect(receipt).problems] == [ProblemCode.UNREADABLE]
    marker.write_text(told)
    assert link.adapter.collect(receipt).complete


def test_a_link_on_the_server_is_not_followed(link: Link, tmp_path: Path) -> None:
    receipt = link.adapter.register(registration(1, batch_id="a"))
    target = tmp_path / "shorei" / "elsewhere"
    target.write_bytes(b"x")
    for name in ("SHOREI_registration_a.rcp.csv", "SHOREI_registration_a.rcp.csv.end"):
        (tmp_path / "shorei" / "juryo" / name).symlink_to(target)
    with pytest.raises(CommunicationError):
        link.adapter.collect(receipt)
    assert target.read_bytes() == b"x"


def test_a_missing_place_fails_the_check(link: Link, tmp_path: Path) -> None:
    (tmp_path / "shorei" / "kaito").rmdir()
    assert "kaito" in link.adapter.health().message
    assert "failed" in {result.state.value for result in link.adapter.check_config()}


def test_a_server_that_hangs_holds_nobody_else(link: Link, tmp_path: Path) -> None:
    place = tmp_path / "other"
    with sftp_side(Office(link.config), place, hang=True) as hanging:
        config = changed(link.config, port=hanging.port, host_key=hanging.host_key, timeout_seconds=1.5)
        stuck = build(config, keep=Keeper(), secrets=link.secrets, bounds=Bounds())
        errors: list[CommunicationError] = []

        def wait() -> None:
            try:
                stuck.register(registration(1, batch_id="stuck"))
            except CommunicationError as error:
                errors.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        started = time.monotonic()
        link.answered(link.adapter.register(registration(1, batch_id="free")))
        assert not errors
        assert time.monotonic() - started < 1.5
        thread.join(10)
    assert errors
    assert errors[0].retryable
