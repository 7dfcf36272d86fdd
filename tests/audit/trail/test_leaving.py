"""Every export, download and print says how much left, under one key: by the vocabulary, by the source, and by the recorder."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from audit.trail.leaving import APPROVED_AS, LEAVES, TAKEN_OUT, Approved, SizeMissing, taken
from audit.trail.recorder import Entry, record, record_access, record_access_many, record_many
from audit.trail.vocabulary import Event
from tests.audit.trail.test_details import ROOT, THROUGH, WRITERS, _calls

NOT_TAKEN_OUT = {Event.PRINT_WORDING_PROPOSED, Event.PRINT_WORDING_APPROVED, Event.PRINT_WORDING_WITHDRAWN}
"""Words on a notice that two people agree on: nothing leaves."""

OF_NOBODY = {
    "domain/households/views/shared.py": "blank forms; staffing's filled one is noted by its own view",
    "domain/yearpacks/views/workbooks.py": "noted by domain/yearpacks/workbook/applying.py",
}
"""Files that hand something to a browser without noting it themselves, and why."""


def test_the_kinds_that_leave_are_all_of_export_and_print() -> None:
    groups = {event for event in Event if event.startswith(("export:", "print:"))}
    assert (groups - NOT_TAKEN_OUT) | {Event.YEARPACK_WORKBOOK_MADE} == LEAVES


@pytest.mark.parametrize("event", sorted(LEAVES))
def test_without_its_size_nothing_leaves(in_a: Any, event: Event) -> None:
    for detail in ({}, {TAKEN_OUT: "12"}, {TAKEN_OUT: True}, {TAKEN_OUT: -1}):
        with pytest.raises(SizeMissing):
            record_access(event, detail=detail)
        with pytest.raises(SizeMissing):
            record(event, detail=detail)
    for write in (record_access_many, record_many):
        with pytest.raises(SizeMissing):
            write([Entry(event)])
    record_access(event, detail=taken(0, Approved.ROUND))


def test_the_size_and_the_approval_stand_under_one_key_each() -> None:
    assert taken(12) == {TAKEN_OUT: 12}
    assert taken(12, Approved.MEDIUM) == {TAKEN_OUT: 12, APPROVED_AS: "approved_medium"}


def test_every_place_that_notes_something_leaving_says_how_much() -> None:
    names, found = {event.name for event in LEAVES}, []
    for writer in sorted(WRITERS):
        for source, call in _calls(writer):
            event = ast.unparse(call.args[0]) if call.args else ""
            if source.name in THROUGH or event.removeprefix("Event.") not in {*names, "form.event"}:
                continue
            given = [one.value for one in call.keywords if one.arg == "detail"]
            said = "".join(ast.unparse(one) for one in given)
            if isinstance(given[0] if given else None, ast.Name):
                function = source.around[call]
                said += ast.unparse(function)
            assert "taken(" in said, f"{source.name}:{call.lineno}"
            found.append(source.name)
    assert len(found) >= 15


def test_every_place_that_hands_a_file_to_a_browser_notes_it() -> None:
    rooms = [path for room in ("audit", "domain", "platform", "tenants") for path in (ROOT / room).rglob("*.py")]
    handing = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in rooms}
    handing = {name: text for name, text in handing.items() if re.search(r"Content-Disposition|FileResponse\(", text)}
    assert {name for name, text in handing.items() if "taken(" not in text} == OF_NOBODY.keys()
    assert len(handing) > 10
