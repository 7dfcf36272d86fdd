"""What people hand in: bounded for each person, and scanned before any page sees it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.platform.accounts.sign_in import sign_in

BAD = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The file that every scanner knows and that does nothing."""


class Scanner(threading.Thread):
    """Speaks clamd's INSTREAM on loopback; finds BAD. `says`: an answer whatever comes."""

    def __init__(self, says: bytes = b"") -> None:
        super().__init__(daemon=True)
        self.says, self.door = says, socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self.door.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                visitor, _ = self.door.accept()
            except OSError:
                return
            with visitor, visitor.makefile("rb") as told:
                assert told.read(10) == b"zINSTREAM\0"
                content = b""
                while length := int.from_bytes(told.read(4), "big"):
                    content += told.read(length)
                verdict = b"stream: Eicar-Test-Signature FOUND" if BAD in content else b"stream: OK"
                visitor.sendall((self.says or verdict) + b"\0")


@pytest.fixture
def scanner(settings: Any) -> Iterator[Scanner]:
    scanner = Scanner()
    scanner.start()
    settings.VIRUS_SCANNER = scanner.place
    yield scanner
    scanner.door.close()


def hand_in(browser: Any, content: bytes = b"serial,seed\n") -> Any:
    file = SimpleUploadedFile("tokens.csv", content)
    return browser.post("/users/tokens/load/", {"file": file, "secret": ""})


@pytest.fixture
def handing(browser: Any, manager: Any) -> Any:
    sign_in(browser, manager)
    return browser


def test_a_found_file_reaches_no_page(handing: Any, scanner: Scanner, events: Any) -> None:
    refused = hand_in(handing, b"x" * 200_000 + BAD)
    assert refused.status_code == 422
    assert "有害なプログラムが見つかった" in refused.content.decode()
    assert [one.detail for one in events("access:file:refused")] == [{"reason": "found"}]
    assert "トークン" in hand_in(handing).content.decode(), "the page itself answers to a clean one"


@pytest.mark.parametrize("says", ["", "INSTREAM size limit exceeded. ERROR"])
def test_what_cannot_be_scanned_is_not_taken(handing: Any, settings: Any, says: str) -> None:
    """Nobody listens there; or the scanner has no verdict."""
    scanner = Scanner(says.encode())
    settings.VIRUS_SCANNER = scanner.place
    if says:
        scanner.start()
    else:
        scanner.door.close()
    refused = hand_in(handing)
    scanner.door.close()
    assert (refused.status_code, "検査ができないため" in refused.content.decode()) == (422, True)


def test_a_refused_file_counts_and_one_too_many_is_not_scanned(
    handing: Any, scanner: Scanner, monkeypatch: Any, events: Any
) -> None:
    from accounts import uploads

    monkeypatch.setattr(uploads, "QUOTAS", (uploads.Quota(1, 1, 10**9),))
    assert [hand_in(handing, BAD).status_code for _ in range(2)] == [422, 422]
    assert [one.detail["reason"] for one in events("access:file:refused")] == ["found", "quota"]


def test_a_scanned_file_is_read_from_its_beginning_afterwards(scanner: Scanner) -> None:
    from accounts.scanning import Verdict, verdict

    file = SimpleUploadedFile("a.csv", b"whole")
    assert verdict(file) is Verdict.CLEAN
    assert file.read() == b"whole"


@pytest.mark.parametrize(("files", "size"), [(2, 10**9), (10**6, 20)])
def test_nobody_hands_in_more_than_a_days_part(
    handing: Any, manager: Any, monkeypatch: Any, clock: Any, events: Any, files: int, size: int
) -> None:
    from accounts import uploads
    from accounts.models import UploadTally

    monkeypatch.setattr(uploads, "QUOTAS", (uploads.Quota(1, files, size), uploads.Quota(365, 3, 10**9)))
    content = b"123456789"
    for _ in range(2):
        assert "上限" not in hand_in(handing, content).content.decode()
    third = hand_in(handing, content)
    assert (third.status_code, "上限" in third.content.decode()) == (422, True)
    assert [one.detail["reason"] for one in events("access:file:refused")] == ["quota"]
    clock.advance(hours=24)
    sign_in(handing, manager)
    assert "上限" not in hand_in(handing, content).content.decode(), "a day later there is room"
    assert "365日に3個" in hand_in(handing, content).content.decode(), "but not without end"
    assert sum(UploadTally.objects.values_list("files", flat=True)) == 3


def test_counts_that_nobody_looks_at_any_more_go(manager: Any, clock: Any) -> None:
    from django.utils import timezone

    from accounts.models import UploadTally
    from accounts.services import tidy

    UploadTally.objects.create(user=manager, day=timezone.localdate(), files=1, size=1)
    clock.advance(days=364)
    tidy()
    assert UploadTally.objects.count() == 1
    clock.advance(days=3)
    tidy()
    assert not UploadTally.objects.exists()
