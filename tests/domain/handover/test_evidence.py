"""証拠書類の写し through the pages: by both people, sealed, by content, blind until both are in, and noted before it leaves."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.domain.handover.conftest import AREA, Carried, browser, text
from tests.domain.handover.test_terminal import EVIDENCE, NUMBERS, _grid
from tests.support import trail

PDF = b"%PDF-1.7\nsample, what the terminal showed\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR sample"
JPEG = b"\xff\xd8\xff\xe0 sample"
MB = 1024 * 1024


def _hand_in(client: Client, url: str, name: str, data: bytes, **other: str) -> str:
    return text(client.post(url, _grid(NUMBERS, **other) | {"copy": SimpleUploadedFile(name, data)}, follow=True))


def _copies() -> list[Any]:
    from domain.handover.models import EvidenceCopy

    return list(EvidenceCopy.objects.select_related("entry").order_by("entry__place"))


def _place(copy: Any) -> str:
    return f"{AREA}evidence/{copy.pk}/"


def _stored() -> list[Path]:
    from tenants.core import files

    return sorted(files.resolve("sheet-evidence").glob("*"))


def test_both_people_attach_and_the_copies_outlive_the_sheet(keyed: Carried, url: str, browsers: list[Client]) -> None:
    from jobs.models import Job

    _hand_in(browsers[0], url, "画面.pdf", PDF)
    assert "二人の入力が一致しました" in _hand_in(browsers[1], url, "photo.JPEG", JPEG)
    first, second = _copies()
    assert (first.entry.by, first.name, first.media_type, first.size) == (
        "tanaka",
        "画面.pdf",
        "application/pdf",
        len(PDF),
    )
    assert (second.entry.by, second.name, second.media_type) == ("tachiai", "photo.jpg", "image/jpeg")
    keyed.run(Job.objects.exclude(state="succeeded").get())
    assert browsers[0].get(url).status_code == 404
    shown = text(browsers[2].get(AREA))
    assert "画面.pdf" in shown
    assert EVIDENCE in shown
    answer = browsers[2].get(_place(first))
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"


def test_on_the_disk_nothing_stands_in_clear(keyed: Carried, url: str, browsers: list[Client]) -> None:
    _hand_in(browsers[0], url, "a.pdf", PDF)
    (file,) = _stored()
    assert b"terminal" not in file.read_bytes()
    assert b"%PDF" not in file.read_bytes()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("画面.pdf", b"MZ\x90\x00 a program", "中身がPDF・PNG・JPEGではありません"),
        ("画面.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "中身がPDF・PNG・JPEGではありません"),
        ("画面.pdf", b"", "ファイルが空です"),
        ("画面.pdf", PDF + b"x" * (5 * MB + 1 - len(PDF)), "大きすぎます（5MBまで）"),
    ],
    ids=["program", "svg", "empty", "one byte too many"],
)
@pytest.mark.parametrize("button", ["submit", "save"])
def test_a_refused_file_says_why_and_the_entry_stays(
    keyed: Carried, url: str, browsers: list[Client], name: str, data: bytes, words: str, button: str
) -> None:
    from domain.handover.models import SheetEntry

    grid = _grid(NUMBERS, **{"1-reason": "途中の理由"})
    if button == "save":
        grid = {**grid, "save": "1"}
        del grid["submit"]
    shown = text(browsers[0].post(url, grid | {"copy": SimpleUploadedFile(name, data)}, follow=True))
    assert words in shown
    assert "途中の理由" in shown
    assert EVIDENCE in shown
    assert "途中の理由" in text(browsers[0].get(url))
    assert SheetEntry.objects.get().submitted_at is None
    assert not _copies()


def test_five_megabytes_are_taken(keyed: Carried, url: str, browsers: list[Client]) -> None:
    _hand_in(browsers[0], url, "a.png", PNG + b"x" * (5 * MB - len(PNG)))
    assert _copies()[0].size == 5 * MB


def test_the_second_person_sees_the_first_copy_only_when_both_are_in(
    keyed: Carried, url: str, browsers: list[Client]
) -> None:
    _hand_in(browsers[0], url, "hitorime.pdf", PDF)
    (first,) = _copies()
    assert "hitorime.pdf" in text(browsers[0].get(url))
    assert browsers[0].get(_place(first)).content == PDF
    for other in browsers[1:]:
        assert "hitorime.pdf" not in text(other.get(url))
        assert browsers[1].get(_place(first)).status_code == 404
    _hand_in(browsers[1], url, "futarime.png", PNG, **{"1-reason": "別の理由"})
    assert "hitorime.pdf" in text(browsers[1].get(f"{url}compare/"))
    assert browsers[1].get(_place(first)).content == PDF


def test_a_copy_goes_with_a_draft_and_is_replaced_by_the_next(keyed: Carried, url: str, browsers: list[Client]) -> None:
    from tests.support.outbox import outbox

    for name, data in (("a.pdf", PDF), ("a.pdf", PDF), ("b.png", PNG)):
        draft = {"0-reason": "途中", "save": "1", "copy": SimpleUploadedFile(name, data)}
        assert "下書きを保存しました" in text(browsers[0].post(url, draft, follow=True))
    (copy,) = _copies()
    assert copy.name == "b.png"
    assert len(_stored()) == 1
    assert browsers[0].get(_place(copy)).content == PNG
    found = outbox.filter(event="linkage:sheet:attached")
    assert found.count() == 3


def test_the_taking_is_written_down_before_the_bytes(
    keyed: Carried, url: str, browsers: list[Client], settings: Any
) -> None:
    from django.utils import timezone

    from audit.trail import connections
    from audit.trail.entries import Subject

    _hand_in(browsers[0], url, "a.pdf", PDF)
    (copy,) = _copies()
    began = timezone.now()
    assert browsers[0].get(_place(copy)).status_code == 200
    sheet = Subject("sheet", copy.entry.sheet.partition("_")[2])
    (event,) = trail.since(began, prefix="export:file", subject=sheet)
    assert Counter(subject.kind for subject in event.subjects) == {"sheet": 1, "member": 3}

    settings.AUDIT_DATABASE = {**settings.AUDIT_DATABASE, "port": 1}
    connections.close_all()
    answer = browsers[0].get(_place(copy))
    assert answer.status_code == 503
    assert b"%PDF" not in answer.content


def test_people_without_the_permission_or_of_one_school_get_nothing(
    keyed: Carried, url: str, browsers: list[Client]
) -> None:
    from accounts.roles import Role
    from tests.platform.accounts.sign_in import make_person
    from tests.support import records

    _hand_in(browsers[0], url, "a.pdf", PDF)
    (copy,) = _copies()
    school = records.school("S77")
    for person in (
        make_person("shounin", Role.APPROVER),
        make_person("hitogakkou", (Role.NUMBER_HANDLER, school.code)),
        make_person("jimuko", (Role.SCHOOL_CLERK, school.code)),
    ):
        assert browser(person).get(_place(copy)).status_code in (403, 404)


def test_a_copy_altered_on_the_disk_is_not_handed_out(keyed: Carried, url: str, browsers: list[Client]) -> None:
    _hand_in(browsers[0], url, "a.pdf", PDF)
    (copy,) = _copies()
    (file,) = _stored()
    file.write_bytes(file.read_bytes()[:-1] + b"\x00\x00")
    assert "写しを読めません" in text(browsers[0].get(_place(copy), follow=True))


def test_a_number_in_the_name_is_not_kept(keyed: Carried, url: str, browsers: list[Client]) -> None:
    _hand_in(browsers[0], url, "123456789018.pdf", PDF)
    assert _copies()[0].name == "証拠書類の写し.pdf"


def test_taking_a_copy_asks_for_a_fresh_one_time_password(
    keyed: Carried, url: str, browsers: list[Client], settings: Any
) -> None:
    _hand_in(browsers[0], url, "a.pdf", PDF)
    (copy,) = _copies()
    settings.STEP_UP_SECONDS = 0
    answer = browsers[0].get(_place(copy))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/step-up/")
