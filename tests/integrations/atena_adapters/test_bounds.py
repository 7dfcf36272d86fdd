"""What one person who may write a configuration must not reach: other files, other machines, the memory of a worker."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from integrations.atena_adapters.config import AdapterConfig, FolderTransport
from integrations.atena_adapters.config.destination import destination
from integrations.atena_adapters.errors import CommunicationError, ConfigurationInvalid
from integrations.atena_adapters.receipts import EVERYTHING
from integrations.atena_adapters.registry import Bounds, build, preset, relocated
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.transports.base import Address
from integrations.atena_adapters.transports.dropping import try_writing
from integrations.atena_adapters.transports.folder import FolderLink
from tests.integrations.atena_adapters.support import Keeper

ADDRESS = Address(RequestKind.INQUIRY, "b1", 0, datetime(2026, 6, 1, tzinfo=UTC))
SECRETS = {"token": SecretStr("sample")}


def _with(name: str, **transport: Any) -> AdapterConfig:
    values = preset(name).model_dump()
    values["transport"] |= transport
    return AdapterConfig.model_validate(values)


def _link(folder: Path, **more: str) -> FolderLink:
    for name in ("request", "receipt", "answer"):
        (folder / name).mkdir(exist_ok=True)
    return FolderLink(FolderTransport.model_validate({"folder": str(folder)} | more), folder)


@pytest.mark.parametrize(
    "template",
    [
        "{kind:.0}{batch:.0}key.pem",
        "{kind}{batch:.0}",
        "{kind}_{sequence:>50000000}",
        "{kind}_{sequence:010d}",
        "{kind}_{sequence:099999999d}",
        "{kind}_{batch:>99}",
        "{kind}_{batch}_{part:>9}",
        "{kind}_{batch}_{made_at}",
        "{kind}_{batch}_{made_at:%c}",
        "{kind}_{batch}_{made_at:%Y/%m}",
        "{kind}_{batch}_{made_at:{kind}}",
        "{kind}_{batch}_{batch}",
        "{kind}_{made_at:%Y%m%d}",
        "{kind!s}_{batch}",
        "{kind}/../{batch}",
        "{kind}{batch}\n",
        "{kind}{batch}" + "x" * 100,
    ],
)
def test_a_name_template_says_nothing_but_what_is_listed(template: str) -> None:
    for item in ("request_name", "receipt_name", "answer_name"):
        with pytest.raises(ValidationError):
            _with("osaka", **{item: template})
    with pytest.raises(ValidationError):
        _with("nara", submit_path=f"/{template}")


@pytest.mark.parametrize("word", ["", "../../etc", "a/b", "a.b", "あ", "a b", "x" * 33, "a\n"])
def test_words_of_names_are_plain(word: str) -> None:
    for item in ("registration", "linkage", "inquiry"):
        names = {"registration": "A", "linkage": "B", "inquiry": "C"} | {item: word}
        for name in ("osaka", "nara"):
            with pytest.raises(ValidationError):
                _with(name, names=names)
    for item in ("request_folder", "receipt_folder", "answer_folder"):
        with pytest.raises(ValidationError):
            _with("osaka", **{item: word})


@pytest.mark.parametrize("ending", ["", "/../x", "..", ".a/b", ".tmp\n", "." + "x" * 16])
def test_endings_are_plain_and_differ(ending: str) -> None:
    for item in ("marker_suffix", "partial_suffix"):
        with pytest.raises(ValidationError):
            _with("osaka", **{item: ending})
    with pytest.raises(ValidationError):
        _with("osaka", marker_suffix=".x", partial_suffix=".x")


@pytest.mark.parametrize(
    "path", ["https://thief.example/", "//thief.example/x", "health", "/a/../b", "/a?b", "/a@b", "/a\r\nX: y"]
)
def test_paths_stay_on_the_configured_server(path: str) -> None:
    with pytest.raises(ValidationError):
        _with("nara", health_path=path)
    for item in ("submit_path", "answer_path"):
        with pytest.raises(ValidationError):
            _with("nara", **{item: path + "{kind}{batch}"})


@pytest.mark.parametrize("header", ["", "X Y", "X-Key\r\nHost: z", "X:"])
def test_the_name_of_a_header_is_plain(header: str) -> None:
    with pytest.raises(ValidationError):
        _with("nara", auth_header=header)


def test_an_exchange_folder_lies_below_the_root_of_the_deployment(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "root-of-others"
    for folder in (root / "here", outside):
        folder.mkdir(parents=True)
    (root / "way-out").symlink_to(outside)
    for good in (root, root / "here", root / "to-come"):
        build(relocated(preset("osaka"), folder=str(good)), keep=Keeper(), bounds=Bounds(root))
    for bad in (outside, tmp_path, Path("/"), root / "way-out", root / "way-out" / "deeper"):
        with pytest.raises(ConfigurationInvalid):
            build(relocated(preset("osaka"), folder=str(bad)), keep=Keeper(), bounds=Bounds(root))
    with pytest.raises(ValidationError):
        relocated(preset("osaka"), folder=f"{root}/../root-of-others")
    with pytest.raises(ConfigurationInvalid):
        Bounds(root).place(f"{root}/../root-of-others")
    with pytest.raises(ConfigurationInvalid, match="決められていません"):
        build(relocated(preset("osaka"), folder=str(root)), keep=Keeper())


def test_requests_go_to_named_machines_only() -> None:
    elsewhere = relocated(preset("nara"), base_url="https://thief.example")
    with pytest.raises(ConfigurationInvalid, match="許可されていません"):
        build(elsewhere, keep=Keeper(), secrets=SECRETS)
    with pytest.raises(ConfigurationInvalid, match="許可されていません"):
        build(preset("nara"), keep=Keeper(), secrets=SECRETS, bounds=Bounds(allowed_hosts=frozenset()))
    build(elsewhere, keep=Keeper(), secrets=SECRETS, bounds=Bounds(allowed_hosts=frozenset({"thief.example"})))


def test_certificates_are_names_in_a_folder_of_the_deployment(tmp_path: Path) -> None:
    for name in ("/etc/passwd", "../x.pem", ".x", "a/b.pem"):
        with pytest.raises(ValidationError):
            _with("nara", ca_file=name)
    with pytest.raises(ConfigurationInvalid, match="置き場"):
        build(_with("nara", ca_file="ca.pem"), keep=Keeper(), secrets=SECRETS)
    assert Bounds(certificates=tmp_path).certificate("ca.pem") == tmp_path / "ca.pem"


def test_a_destination_is_where_a_secret_goes_and_how() -> None:
    start = preset("nara").model_dump(mode="json")
    others: list[dict[str, Any]] = [
        {"base_url": "http://127.0.0.1:1"}, {"auth": "header"}, {"auth_header": "X-B"}, {"auth_secret": "other"},
    ]  # fmt: skip
    for change in others:
        assert destination(start | {"transport": start["transport"] | change}) != destination(start)
    assert destination(start | {"transport": start["transport"] | {"attempts": 9}}) == destination(start)


def _foreign(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "precious"
    file.write_bytes(b"precious")
    return file


@pytest.mark.parametrize("name", ["inquiry_b1.csv", "inquiry_b1.csv.tmp", "inquiry_b1.csv.end"])
def test_a_link_in_the_place_of_a_request_is_never_written_through(tmp_path: Path, name: str) -> None:
    link, precious = _link(tmp_path, completion="marker"), _foreign(tmp_path / "elsewhere")
    (tmp_path / "request" / name).symlink_to(precious)
    link.send(ADDRESS, b"payload", "text/csv")
    assert precious.read_bytes() == b"precious"
    assert (tmp_path / "request" / "inquiry_b1.csv").read_bytes() == b"payload"


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("request/inquiry_b1.csv", lambda link: link.withdraw(ADDRESS)),
        ("request/inquiry_b1.csv.tmp", lambda link: link.withdraw(ADDRESS)),
        ("receipt/inquiry_b1_receipt.csv", lambda link: link.finish(ADDRESS, EVERYTHING)),
        ("receipt/inquiry_b1_receipt.csv", lambda link: link.send(ADDRESS, b"x", "text/csv")),
        ("answer/inquiry_b1_answer_1.csv", lambda link: link.finish(ADDRESS, EVERYTHING)),
        ("answer/inquiry_b1_answer_1.csv", lambda link: link.fetch_answers(ADDRESS)),
    ],
)
def test_a_link_is_neither_read_nor_emptied(tmp_path: Path, name: str, act: Callable[[FolderLink], Any]) -> None:
    link, precious = _link(tmp_path), _foreign(tmp_path / "elsewhere")
    (tmp_path / name).symlink_to(precious)
    with pytest.raises(CommunicationError):
        act(link)
    assert precious.read_bytes() == b"precious"


@pytest.mark.parametrize("place", ["request", "receipt", "answer"])
def test_a_place_that_became_a_link_is_refused(tmp_path: Path, place: str) -> None:
    link, precious = _link(tmp_path), _foreign(tmp_path / "elsewhere")
    (tmp_path / place).rmdir()
    (tmp_path / place).symlink_to(precious.parent)
    assert not link.health().ok
    acts: dict[str, Callable[[], Any]] = {
        "request": lambda: link.send(ADDRESS, b"x", "text/csv"),
        "receipt": lambda: link.fetch_receipt(ADDRESS),
        "answer": lambda: link.fetch_answers(ADDRESS),
    }
    with pytest.raises(CommunicationError):
        acts[place]()
    assert [file.name for file in precious.parent.iterdir()] == ["precious"]


def test_a_second_name_of_a_foreign_file_is_taken_away_without_emptying_it(tmp_path: Path) -> None:
    link, precious = _link(tmp_path), _foreign(tmp_path / "elsewhere")
    os.link(precious, tmp_path / "receipt" / "inquiry_b1_receipt.csv")
    link.finish(ADDRESS, EVERYTHING)
    assert precious.read_bytes() == b"precious"


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    link = _link(tmp_path)
    os.mkfifo(tmp_path / "answer" / "inquiry_b1_answer_1.csv")
    with pytest.raises(CommunicationError):
        link.fetch_answers(ADDRESS)


def test_the_check_overwrites_nothing(tmp_path: Path) -> None:
    link = _link(tmp_path)
    theirs = tmp_path / "request" / "write_check.tmp"
    theirs.write_bytes(b"theirs")
    assert [result.state.value for result in link.check()] == ["ok"]
    assert [file.read_bytes() for file in (tmp_path / "request").iterdir()] == [b"theirs"]
    with pytest.raises(FileExistsError):
        try_writing(theirs)


def test_an_answer_file_past_the_limit_is_not_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.atena_adapters.transports.dropping.LARGEST", 4)
    link, answer = _link(tmp_path), tmp_path / "answer" / "inquiry_b1_answer_1.csv"
    answer.write_bytes(b"1234")
    assert link.fetch_answers(ADDRESS) == [b"1234"]
    answer.write_bytes(b"12345")
    with pytest.raises(CommunicationError):
        link.fetch_answers(ADDRESS)
