"""Sealed files: what goes in comes out, and nothing else does."""

from __future__ import annotations

import stat
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sealed_file import (
    Altered,
    KeyFileInvalid,
    NotSealed,
    SealedFileError,
    Truncated,
    WrongKey,
    WrongPlace,
    make_key_file,
    open_sealed,
    read_header,
    read_key_file,
    seal,
    seal_file,
    unseal,
)

KEY = bytes(range(32))
SECRET = "サンプルの内容".encode() * 10
MEBIBYTE = 1024 * 1024


def _open(data: bytes, key: bytes = KEY, kind: str = "numbers", tenant: str = "290009") -> bytes:
    return unseal(data, key, kind=kind, tenant=tenant)


SEALED = seal(SECRET, KEY, kind="numbers", tenant="290009", sequence=7)


@given(st.binary(max_size=5000))
def test_what_is_sealed_opens(plaintext: bytes) -> None:
    assert _open(seal(plaintext, KEY, kind="numbers", tenant="290009")) == plaintext


@pytest.mark.parametrize("size", [0, 1, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 2 * MEBIBYTE])
def test_chunk_borders(size: int) -> None:
    plaintext = bytes(size)
    assert _open(seal(plaintext, KEY, kind="numbers", tenant="290009")) == plaintext


def test_the_content_is_not_there_to_read_and_never_twice_the_same() -> None:
    assert SECRET[:20] not in SEALED
    assert seal(SECRET, KEY, kind="numbers", tenant="290009") != seal(SECRET, KEY, kind="numbers", tenant="290009")


def test_the_header_tells_what_the_file_is_for() -> None:
    header = read_header(SEALED)
    assert (header.kind, header.tenant, header.sequence) == ("numbers", "290009", 7)


def test_each_wrong_circumstance_has_its_own_error() -> None:
    with pytest.raises(WrongKey, match="鍵が違います"):
        _open(SEALED, key=bytes(32))
    with pytest.raises(WrongPlace, match="別の都道府県"):
        _open(SEALED, tenant="270008")
    with pytest.raises(WrongPlace, match="別の用途"):
        _open(SEALED, kind="population")
    with pytest.raises(NotSealed):
        _open(b"name,number\n")
    with pytest.raises(NotSealed):
        _open(b"")
    with pytest.raises(Altered):
        _open(SEALED + b"x")


@given(st.integers(0, len(SEALED) - 1))
def test_any_changed_byte_is_noticed(at: int) -> None:
    changed = SEALED[:at] + bytes([SEALED[at] ^ 1]) + SEALED[at + 1 :]
    with pytest.raises(SealedFileError):
        _open(changed)


@given(st.integers(1, len(SEALED) - 1))
def test_any_cut_is_noticed(length: int) -> None:
    with pytest.raises(Truncated):
        _open(SEALED[:length])


def test_chunks_cannot_be_dropped_or_swapped() -> None:
    data = seal(bytes(2 * MEBIBYTE + 5), KEY, kind="numbers", tenant="290009")
    chunk = MEBIBYTE + 16 + 4
    head = len(data) - 2 * chunk - (5 + 16 + 4)
    first, second, last = data[head : head + chunk], data[head + chunk : head + 2 * chunk], data[head + 2 * chunk :]
    with pytest.raises(Truncated):
        _open(data[:head] + first + second)
    for mixed in (second + first + last, first + last, first + first + last):
        with pytest.raises(Altered):
            _open(data[:head] + mixed)


def test_files_and_key_files(tmp_path: Path) -> None:
    key = make_key_file(tmp_path / "key")
    assert read_key_file(tmp_path / "key") == key
    seal_file(tmp_path / "file", SECRET, key, kind="numbers", tenant="290009")
    assert open_sealed(tmp_path / "file", key, kind="numbers", tenant="290009") == SECRET
    for name in ("key", "file"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "key"]


def test_key_files_are_guarded(tmp_path: Path) -> None:
    path = tmp_path / "key"
    make_key_file(path)
    with pytest.raises(KeyFileInvalid, match="上書き"):
        make_key_file(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileInvalid, match="0600"):
        read_key_file(path)
    path.chmod(0o600)
    path.write_text("shugaku-shorei-key-1:AAAA")
    with pytest.raises(KeyFileInvalid, match="形"):
        read_key_file(path)
    with pytest.raises(KeyFileInvalid, match="読めません"):
        read_key_file(tmp_path / "none")


def test_a_key_of_another_length_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="32"):
        seal(b"", b"short", kind="numbers", tenant="290009")


@pytest.mark.parametrize(
    "head", [b"[" * 60_000, b'{"kind":"n","tenant":"t","sequence":1e999,"created_at":"","key_id":"","salt":""}']
)
def test_a_head_that_python_cannot_hold_is_no_sealed_file(head: bytes) -> None:
    with pytest.raises(NotSealed):
        read_header(struct.pack(">8sBI", b"SHGKSEAL", 1, len(head)) + head)
