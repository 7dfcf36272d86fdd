from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.trail import reader
from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.leaving import taken
from audit.trail.reader import BadKey, Filters
from audit.trail.recorder import Entry, Subject, record_access, record_access_many
from audit.trail.vocabulary import Event
from tenants.core.context import prefecture_context, scope


def actor() -> Actor:
    return Actor(ActorKind.PERSON, f"u-{uuid.uuid4()}", "試験 太郎", "監視担当")


def test_paging_goes_through_everything_once_newest_first(in_a: Any) -> None:
    somebody = actor()
    with acting_as(somebody):
        made = record_access_many(Entry(Event.READ_LIST_SHOWN) for _ in range(57))
    seen: list[reader.TrailEvent] = []
    after = ""
    while page := reader.search(Filters(actor=somebody.id, after=after, limit=10)):
        assert len(page) <= 10
        seen += page
        after = page[-1].key
    assert sorted(event.id for event in seen) == sorted(made)
    assert [(e.occurred_at, e.id) for e in seen] == sorted(((e.occurred_at, e.id) for e in seen), reverse=True)


def test_filters_narrow_by_word_actor_subject_and_time(in_a: Any) -> None:
    somebody, subject = actor(), Subject("household", f"h-{uuid.uuid4()}")
    with acting_as(somebody):
        read = record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[subject, Subject("school", "01")])
        printed = record_access(Event.PRINT_NOTICE_MADE, subjects=[subject], detail=taken(1))
        record_access(Event.SESSION_LOGOUT_DONE)

    def ids(**filters: Any) -> set[uuid.UUID]:
        return {event.id for event in reader.search(Filters(**filters))}

    assert ids(actor=somebody.id, prefix="read") == {read}
    assert ids(subject=subject) == {read, printed}
    assert ids(subject=subject, prefix="print:notice:made") == {printed}
    assert ids(subject=subject, actor="somebody-else") == set()
    assert ids(subject=subject, prefix="nothing-begins-so") == set()
    now = timezone.now()
    assert ids(subject=subject, since=now + timedelta(minutes=1)) == set()
    assert ids(subject=subject, until=now - timedelta(minutes=1)) == set()
    assert ids(subject=subject, since=now - timedelta(minutes=1), until=now + timedelta(minutes=1)) == {read, printed}


def test_an_event_comes_back_as_it_was_written(in_a: Any) -> None:
    somebody = actor()
    with acting_as(somebody):
        made = record_access(
            Event.READ_SEARCH_SHOWN,
            subjects=[Subject("pupil", "2"), Subject("pupil", "1")],
            detail={"条件": ["氏名", "学校"], "件数": 2},
            allowed_by="view_household",
            duty="就学奨励費",
            case="R8-1",
        )
    (event,) = reader.search(Filters(actor=somebody.id))
    assert event.id == made
    assert event.subjects == (Subject("pupil", "2"), Subject("pupil", "1"))
    assert event.detail == {"条件": ["氏名", "学校"], "件数": 2}
    assert (event.allowed_by, event.duty, event.case) == ("view_household", "就学奨励費", "R8-1")
    assert abs(event.recorded_at - event.occurred_at) < timedelta(minutes=1)


def test_another_prefecture_sees_none_of_it(prefecture_a: Any, prefecture_b: Any) -> None:
    somebody, subject = actor(), Subject("household", f"h-{uuid.uuid4()}")
    with prefecture_context(prefecture_a), acting_as(somebody):
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[subject])
    with prefecture_context(prefecture_b):
        assert reader.search(Filters(actor=somebody.id)) == []
        assert reader.search(Filters(subject=subject)) == []


def test_the_summary_counts_by_word(in_a: Any) -> None:
    before = reader.summary(scope()).get("calendar:overtime:notified", 0)
    record_access(Event.CALENDAR_OVERTIME_NOTIFIED)
    assert reader.summary(scope())["calendar:overtime:notified"] == before + 1


@pytest.mark.parametrize("key", ["x", "1-", "-", "1-zz", "99999999999999999999999-00", "1;drop-00"])
def test_an_altered_key_is_refused_in_japanese(in_a: Any, key: str) -> None:
    with pytest.raises(BadKey, match="最初から開き直してください"):
        reader.search(Filters(after=key))


@pytest.mark.parametrize("limit", [0, -5, 10**9])
def test_the_size_of_a_page_is_bounded(in_a: Any, limit: int) -> None:
    record_access(Event.READ_LIST_SHOWN)
    assert 1 <= len(reader.search(Filters(limit=limit))) <= reader.MOST_AT_ONCE
