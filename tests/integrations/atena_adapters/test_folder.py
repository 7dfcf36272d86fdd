"""What only a folder can get wrong: two sides writing and taking away at the same time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations.atena_adapters.config import FolderTransport
from integrations.atena_adapters.errors import AnswerUnreadable, CommunicationError
from integrations.atena_adapters.receipts import EVERYTHING
from integrations.atena_adapters.requests import RequestKind
from integrations.atena_adapters.transports.base import Address, digest_of
from integrations.atena_adapters.transports.dropping import drop_file, marker_of
from integrations.atena_adapters.transports.folder import FolderLink

ADDRESS = Address(RequestKind.INQUIRY, "b1", 0, datetime(2026, 6, 1, tzinfo=UTC))


def _config(folder: Path, **more: str) -> FolderTransport:
    for name in ("request", "receipt", "answer"):
        (folder / name).mkdir(exist_ok=True)
    return FolderTransport.model_validate({"folder": str(folder)} | more)


def _link(folder: Path, **more: str) -> FolderLink:
    return FolderLink(_config(folder, **more), folder)


def test_the_other_sides_partial_files_are_left_alone(tmp_path: Path) -> None:
    link = _link(tmp_path)
    theirs = [tmp_path / "receipt" / "inquiry_b1_receipt.csv.tmp", tmp_path / "answer" / "inquiry_b1_answer_1.csv.tmp"]
    for path in theirs:
        path.write_bytes(b"half")
    link.send(ADDRESS, b"again", "text/csv")
    link.finish(ADDRESS, EVERYTHING)
    assert all(path.read_bytes() == b"half" for path in theirs)


def test_only_what_was_read_is_erased(tmp_path: Path) -> None:
    link, answers = _link(tmp_path), tmp_path / "answer"
    for part, content in ((1, b"one"), (2, b"two"), (4, b"four")):
        (answers / f"inquiry_b1_answer_{part}.csv").write_bytes(content)
    (answers / "inquiry_b2_answer_1.csv").write_bytes(b"one")
    assert not link.finish(ADDRESS, {digest_of(b"one"), digest_of(b"of two")})
    assert link.fetch_answers(ADDRESS) == []
    assert link.fetch_answers(ADDRESS, gaps=True) == [b"two", b"four"]
    assert link.finish(ADDRESS, {digest_of(b"two"), digest_of(b"four")})
    assert [path.name for path in answers.iterdir()] == ["inquiry_b2_answer_1.csv"]


@pytest.mark.parametrize("completion", ["rename", "marker"])
def test_a_place_where_something_is_being_written_is_not_empty(tmp_path: Path, completion: str) -> None:
    link, answer = _link(tmp_path, completion=completion), tmp_path / "answer" / "inquiry_b1_answer_1.csv"
    begun = answer if completion == "marker" else answer.with_name(answer.name + ".tmp")
    begun.write_bytes(b"half")
    assert not link.finish(ADDRESS, {digest_of(b"half of it")})
    assert begun.read_bytes() == b"half"


def test_what_a_kill_left_on_its_way_out_is_read_again(tmp_path: Path) -> None:
    config = _config(tmp_path, completion="marker")
    link, answer = FolderLink(config, tmp_path), tmp_path / "answer" / "inquiry_b1_answer_1.csv"
    drop_file(answer, b"content", config)
    answer.rename(answer.with_name(answer.name + ".erasing"))
    assert not link.finish(ADDRESS, frozenset())
    assert link.fetch_answers(ADDRESS) == [b"content"]
    answer.unlink()
    assert link.finish(ADDRESS, frozenset()), "a completion file alone is nothing to read"
    assert not list((tmp_path / "answer").iterdir())


def test_what_takes_the_name_at_the_last_moment_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another file is renamed into place when the one that was read has just been compared."""
    config = _config(tmp_path, completion="marker")
    link, answer = FolderLink(config, tmp_path), tmp_path / "answer" / "inquiry_b1_answer_1.csv"
    drop_file(answer, b"first", config)

    def meanwhile(payload: bytes) -> str:
        drop_file(answer, b"second", config)
        return digest_of(payload)

    monkeypatch.setattr("integrations.atena_adapters.transports.dropping.digest_of", meanwhile)
    assert not link.finish(ADDRESS, {digest_of(b"first")})
    assert link.fetch_answers(ADDRESS) == [b"second"]


def test_what_a_killed_writer_left_of_our_own_request_is_removed(tmp_path: Path) -> None:
    link = _link(tmp_path)
    (tmp_path / "request" / "inquiry_b1.csv.tmp").write_bytes(b"half")
    link.withdraw(ADDRESS)
    assert not list((tmp_path / "request").iterdir())


def test_an_old_receipt_goes_when_the_batch_is_sent_again(tmp_path: Path) -> None:
    link = _link(tmp_path)
    (tmp_path / "receipt" / "inquiry_b1_receipt.csv").write_bytes(b"old")
    link.send(ADDRESS, b"again", "text/csv")
    assert link.fetch_receipt(ADDRESS) is None


def test_a_file_counts_only_with_its_marker(tmp_path: Path) -> None:
    config = _config(tmp_path, completion="marker")
    link, answer = FolderLink(config, tmp_path), tmp_path / "answer" / "inquiry_b1_answer_1.csv"
    answer.write_bytes(b"content")
    assert link.fetch_answers(ADDRESS) == []
    drop_file(answer, b"content", config)
    assert link.fetch_answers(ADDRESS) == [b"content"]
    answer.write_bytes(b"conten")
    with pytest.raises(AnswerUnreadable, match="SHA-256") as damaged:
        link.fetch_answers(ADDRESS)
    assert damaged.value.payload == b"conten"
    assert "conten" not in repr(damaged.value)
    marker_of(answer, config).write_bytes(b"\xff")
    with pytest.raises(AnswerUnreadable, match="SHA-256"):
        link.fetch_answers(ADDRESS)


def test_parts_are_read_in_order_up_to_a_gap(tmp_path: Path) -> None:
    link = _link(tmp_path)
    for part in (1, 2, 4):
        (tmp_path / "answer" / f"inquiry_b1_answer_{part}.csv").write_bytes(str(part).encode())
    assert link.fetch_answers(ADDRESS) == [b"1", b"2"]


def test_a_single_answer_file_has_no_parts(tmp_path: Path) -> None:
    link = _link(tmp_path, answer_name="{kind}_{batch}.csv")
    (tmp_path / "answer" / "inquiry_b1.csv").write_bytes(b"all")
    assert link.fetch_answers(ADDRESS) == [b"all"]
    link.finish(ADDRESS, EVERYTHING)
    assert link.fetch_answers(ADDRESS) == []


@pytest.mark.parametrize(("mode", "expected"), [("600", 0o600), ("660", 0o660)])
def test_files_carry_the_configured_permission(tmp_path: Path, mode: str, expected: int) -> None:
    _link(tmp_path, file_mode=mode).send(ADDRESS, b"x", "text/csv")
    (request,) = (tmp_path / "request").iterdir()
    assert request.stat().st_mode & 0o777 == expected


def test_a_folder_that_went_away_is_a_communication_error(tmp_path: Path) -> None:
    link = FolderLink(FolderTransport(folder=str(tmp_path / "gone")), tmp_path / "gone")
    with pytest.raises(CommunicationError) as caught:
        link.send(ADDRESS, b"x", "text/csv")
    assert caught.value.retryable
    assert link.fetch_answers(ADDRESS) == []
    (tmp_path / "answer").write_text("not a folder")
    blocked = FolderLink(FolderTransport(folder=str(tmp_path)), tmp_path)
    with pytest.raises(CommunicationError):
        blocked.fetch_answers(ADDRESS)
