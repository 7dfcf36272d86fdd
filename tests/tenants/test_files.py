"""Files stay in their own prefecture's folder and are written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from tenants.core import files
from tenants.core.context import prefecture_context
from tenants.core.keys import SealBroken
from tests.support.full_disk import FULL_FOR, full_disk


def test_each_prefecture_has_its_own_folder(prefecture_a: Any, prefecture_b: Any) -> None:
    with prefecture_context(prefecture_a):
        files.write_atomically("reports/one.pdf", b"A")
    with prefecture_context(prefecture_b):
        with pytest.raises(FileNotFoundError):
            files.read("reports/one.pdf")
        with pytest.raises(files.OutsideStorage):
            files.read(f"../{prefecture_a.schema_name}/reports/one.pdf")


def test_a_link_out_of_the_folder_is_not_followed(in_a: Any, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"x")
    (files.storage_root() / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(files.OutsideStorage):
        files.read("link")


def test_a_full_disk_leaves_the_old_file_and_says_what_to_do(in_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = files.write_atomically("one.txt", b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(files.DiskFull, match="空き容量"):
        files.write_atomically("one.txt", b"new and longer")
    assert files.read("one.txt") == b"old"
    assert [entry.name for entry in path.parent.iterdir()] == ["one.txt"]


@pytest.mark.parametrize("lacking", FULL_FOR)
def test_no_room_for_a_folder_a_file_or_its_content_is_told_with_the_name_people_know(
    in_a: Any, files_of_this_test: Path, lacking: str
) -> None:
    with full_disk(files_of_this_test, lacking):
        with pytest.raises(files.DiskFull, match=r"「名簿 1年\.xlsx」を保存できません.*空き容量") as told:
            files.write_atomically("rosters/2025/efe5ae946a67.xlsx", os.urandom(10_000), "名簿 1年.xlsx")
        assert str(files_of_this_test) not in str(told.value)
        assert not [path for path in files_of_this_test.rglob("*") if path.is_file()]


def test_what_lies_on_the_disk_is_sealed_and_bound_to_its_place(in_a: Any) -> None:
    path = files.write_atomically("rosters/one.xlsx", "見本 花子".encode())
    other = files.write_atomically("rosters/two.xlsx", b"x")
    assert "見本".encode() not in path.read_bytes()
    other.write_bytes(path.read_bytes())
    with pytest.raises(SealBroken):
        files.read("rosters/two.xlsx")


def test_what_is_kept_can_neither_be_run_nor_is_it_served(in_a: Any) -> None:
    """ASVS 5.3.1."""
    from django.conf import settings

    from tenants.core import files

    path = files.write_atomically("uploads/evil.sh", b"#!/bin/sh\nid\n")
    assert path.stat().st_mode & 0o111 == 0
    assert not path.read_bytes().startswith(b"#!"), "sealed: no interpreter knows it"
    served = [Path(settings.STATIC_ROOT), *map(Path, settings.STATICFILES_DIRS)]
    assert not any(path.is_relative_to(one) for one in served)
    assert settings.MEDIA_URL in ("", "/")
    assert not settings.MEDIA_ROOT
