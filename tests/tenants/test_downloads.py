"""Every file that a page of A gives out, with hostile words in all records: a name of ours, and no cell that calculates."""

from __future__ import annotations

import csv
import inspect
import io
import re
import sys
import zipfile
from typing import Any

from django.urls import resolve

from tests.platform.accounts.sign_in import client_of, make_person, sign_in
from tests.platform.accounts.test_every_url import HOSTS
from tests.tenants.isolation_probe import urls_of
from tests.tenants.isolation_world import objects_of_a

FORMULA = '=HYPERLINK("http://evil.invalid/";"開く")'
FILES = re.compile(r"Content-Disposition|workbook_answer|delivery")
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def test_no_download_is_named_by_people_or_calculates(in_a: Any) -> None:
    from accounts.roles import TENANT_ROLES

    samples = objects_of_a()
    _spoil(samples)
    client = client_of("kou.localhost")
    sign_in(client, make_person("taker", *TENANT_ROLES, name=FORMULA))
    given: dict[str, str] = {}
    wrong: list[str] = []
    for url in urls_of("tenant", samples):
        if url.is_public or not _may_give_files(url.path):
            continue
        answer = client.get(url.path)
        media = answer.headers.get("Content-Type", "").partition(";")[0]
        if answer.status_code == 200 and media != "text/html":
            given[url.name] = media
            wrong += [f"{url.name}: {fault}" for fault in _faults(answer, media)]
    assert not wrong, "\n".join(wrong)
    assert len(given) >= 8, given
    assert any("spreadsheet" in media for media in given.values())


def _may_give_files(path: str) -> bool:
    """Whether the module of the page names a file anywhere (a test holds that nothing else does); saves opening the others."""
    view = inspect.unwrap(resolve(path, HOSTS["tenant"]).func)
    return FILES.search(inspect.getsource(sys.modules[view.__module__])) is not None


def _spoil(samples: dict[str, object]) -> None:
    """The words that end in cells, and the names of files that people chose."""
    from domain.households.models import Household, Member, RosterImport, School

    Household.objects.update(guardian_name=FORMULA, address=FORMULA)
    Member.objects.update(name=FORMULA, kana=FORMULA)
    School.objects.update(name=FORMULA)
    RosterImport.objects.update(file_name='"; filename="evil.exe')


def _faults(answer: Any, media: str) -> list[str]:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    named = answer.headers.get("Content-Disposition", "")
    faults = [] if named.startswith("attachment; filename") else [f"not named: {named!r}"]
    faults += [f"a name of people: {named}"] if "evil" in named or "HYPERLINK" in named else []
    faults += [] if named.isascii() else ["not encoded"]
    if media.endswith("spreadsheetml.sheet"):
        faults += ["a formula"] if any(b"<f>" in sheet or b"<f " in sheet for sheet in _sheets(content)) else []
    if media == "text/csv":
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
        faults += [
            f"a cell that begins like a formula: {cell}" for row in rows for cell in row if cell.startswith(BEGINNINGS)
        ]
    return faults


def _sheets(content: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
