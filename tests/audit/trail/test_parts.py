"""An act about a whole prefecture (60,000 people at most) is told in as many events as it takes, none refused, nobody left out."""

from __future__ import annotations

from typing import Any

import pytest

from audit.trail import reader
from audit.trail.entries import MOST_BYTES, EventTooLarge, Subject
from audit.trail.leaving import taken
from audit.trail.parts import SUBJECTS_PER_EVENT, record_parts
from audit.trail.reader import Filters
from audit.trail.recorder import record, record_access
from audit.trail.vocabulary import Event
from tests.support.outbox import outbox

EVERYBODY = [Subject("member", str(number)) for number in range(1_000_000, 1_060_000)]
LIST = Subject("copy_list", "7")


def told(event: Event) -> list[Any]:
    return list(outbox.filter(event=event).order_by("id"))


def test_sixty_thousand_are_told_in_parts_of_one_act(in_a: Any) -> None:
    with pytest.raises(EventTooLarge):
        record(Event.LINKAGE_PROVISION_DROPPED, subjects=EVERYBODY)
    made = record_parts(
        Event.LINKAGE_PROVISION_DROPPED, EVERYBODY, about=[LIST], detail={"lines": 60_000}, duty="44", case="R7"
    )
    rows = told(Event.LINKAGE_PROVISION_DROPPED)
    assert [row.id for row in rows] == made
    assert max(len(row.content) for row in rows) < MOST_BYTES // 10
    assert [row.detail for row in rows] == [{"lines": 60_000, "part": f"{n}/60"} for n in range(1, 61)]
    assert {(row.duty, row.case_ref) for row in rows} == {("44", "R7")}
    assert all(row.subjects[0] == {"kind": "copy_list", "id": "7"} for row in rows)
    people = [subject["id"] for row in rows for subject in row.subjects[1:]]
    assert people == [subject.id for subject in EVERYBODY]


@pytest.mark.parametrize("people", [0, 1, SUBJECTS_PER_EVENT])
def test_whoever_fits_into_one_event_is_told_as_ever(in_a: Any, people: int) -> None:
    record_parts(Event.LINKAGE_PROVISION_DROPPED, EVERYBODY[:people], detail={"lines": people})
    [row] = told(Event.LINKAGE_PROVISION_DROPPED)
    assert (len(row.subjects), row.detail) == (people, {"lines": people})


def test_a_look_at_everybody_stays_one_event(in_a: Any) -> None:
    """Accesses are counted by the watch, and go straight into the audit database, which takes them whole."""
    made = record_access(Event.EXPORT_TABLE_MADE, subjects=EVERYBODY, detail=taken(len(EVERYBODY)))
    [event] = reader.search(Filters(subject=EVERYBODY[-1]))
    assert (event.id, len(event.subjects)) == (made, 60_000)
