from __future__ import annotations

import re
from pathlib import Path

import pytest

from audit.trail import documentation
from audit.trail.labels import GROUPS, SUBJECTS, WORDING
from audit.trail.vocabulary import Event, events_with_prefix, label, wording


def test_every_event_has_words_and_no_words_lack_an_event() -> None:
    assert {event.value for event in Event} == set(WORDING)


@pytest.mark.parametrize("event", list(Event))
def test_a_member_is_named_as_its_value(event: Event) -> None:
    assert event.name == event.value.replace(":", "_").upper()
    assert re.fullmatch(r"[a-z]+:[a-z_]+:[a-z]+", event.value)
    assert event.value.split(":")[0] in GROUPS


@pytest.mark.parametrize("event", list(Event))
def test_words_are_japanese_and_finish_their_sentence(event: Event) -> None:
    words = wording(event)
    assert re.search(r"[ぁ-ん一-龥ァ-ヶ]", words.label)
    assert re.search(r"(ました|でした|ませんでした)$", words.act), words.act
    assert words.meaning
    assert "。" not in words.meaning


def test_every_group_is_used_and_labels_tell_events_apart() -> None:
    assert {event.value.split(":")[0] for event in Event} == set(GROUPS)
    labels = [label(event) for event in Event]
    doubled = {name for name in labels if labels.count(name) > 1}
    assert not doubled


def test_every_event_is_recorded_by_some_room() -> None:
    """A word that only the vocabulary, its labels and those who read the trail know would never stand in it."""
    root = Path(__file__).parents[3]
    rooms = [path for room in ("audit", "domain", "platform", "tenants") for path in (root / room).rglob("*.py")]
    writing = [
        path for path in rooms if "signals" not in path.parts and not path.name.startswith(("vocabulary", "label"))
    ]
    assert len(writing) > 500
    named = {name for path in writing for name in re.findall(r"\bEvent\.([A-Z_]+)", path.read_text(encoding="utf-8"))}
    assert {event.name for event in Event} - named == set()


def test_every_kind_of_subject_that_a_room_names_has_its_word() -> None:
    root = Path(__file__).parents[3]
    rooms = [path for room in ("audit", "domain", "platform", "tenants") for path in (root / room).rglob("*.py")]
    named = {kind for path in rooms for kind in re.findall(r'\bSubject\("([a-z_]+)"', path.read_text(encoding="utf-8"))}
    assert {"household", "pupil", "roster_import", "expense_import"} <= named
    assert named - set(SUBJECTS) == set()


def test_prefix_finds_a_group_a_subgroup_and_a_single_event() -> None:
    assert Event.READ_SEARCH_SHOWN in events_with_prefix("read")
    assert events_with_prefix("read:search") == [Event.READ_SEARCH_SHOWN]
    assert events_with_prefix("job:run:failed") == [Event.JOB_RUN_FAILED]
    assert events_with_prefix("rea") == []


def test_the_page_lists_every_event_as_it_is_today() -> None:
    page = documentation.PAGE.read_text(encoding="utf-8")
    assert documentation.with_table(page) == page
    assert all(f"`{event.value}`" in page for event in Event)


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        documentation.with_table("# 記録")
