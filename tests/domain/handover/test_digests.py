"""What names a file with individual numbers is keyed: a plain SHA-256 of one about one person would give the number away."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.test import Client
from pydantic import SecretStr

from integrations.atena_adapters.transports.medium_package import medium_keys, unpack
from tests.domain.handover.conftest import Carried, text
from tests.integrations.atena_adapters.simulator.played import SECRET

MEDIUM = "/handover/medium/"


def test_no_plain_digest_stands_on_pages_in_the_table_or_on_the_medium(in_force: Any, browsers: list[Client]) -> None:
    from domain.handover.models import CarriedFile

    link: Carried = in_force("medium")
    link.register()
    (waiting,) = (link.place / "waiting").glob("*.pkg")
    payload = unpack(waiting.read_bytes(), medium_keys(SecretStr(SECRET)))[1]
    plain = hashlib.sha256(payload).hexdigest()
    browsers[0].post(f"{MEDIUM}release/", {"approval_number": "R7-媒体-12", "medium": "USB-03"})
    file = CarriedFile.objects.get()
    pages = [MEDIUM, f"{MEDIUM}acts/{file.act_id}/", f"{MEDIUM}acts/{file.act_id}/confirm/"]
    told = "".join(text(browsers[0].get(page)) for page in pages)
    browsers[1].post(f"{MEDIUM}acts/{file.act_id}/confirm/")
    package = browsers[0].get(f"{MEDIUM}files/{file.pk}/").content
    assert file.digest in told
    assert file.digest.encode() in package
    assert plain not in told + file.digest
    assert plain.encode() not in package


def test_a_sheet_is_told_from_another_by_no_plain_digest(keyed: Carried, url: str, browsers: list[Client]) -> None:
    from domain.handover.models import SheetEntry
    from domain.handover.terminal.sheets import open_sheet

    browsers[0].post(url, {"0-result": "registered"})
    desk, sheet = open_sheet(SheetEntry.objects.get().sheet)
    lines = [dict(line) for line in desk.link.sheet(sheet.name.address).lines]
    plain = json.dumps(lines, ensure_ascii=False, sort_keys=True).encode()
    assert SheetEntry.objects.get().content == sheet.content != hashlib.sha256(plain).hexdigest()
