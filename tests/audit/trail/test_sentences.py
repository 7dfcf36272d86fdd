from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from audit.trail.entries import Subject
from audit.trail.reader import TrailEvent
from audit.trail.sentences import sentence
from audit.trail.vocabulary import Event


def event(**changes: Any) -> TrailEvent:
    values: dict[str, Any] = {
        "id": uuid.UUID(int=1),
        "occurred_at": datetime(2026, 4, 1, tzinfo=UTC),
        "recorded_at": datetime(2026, 4, 1, tzinfo=UTC),
        "event": Event.READ_HOUSEHOLD_SHOWN.value,
        "actor_kind": "person",
        "actor_id": "7",
        "actor_name": "山田 花子",
        "actor_role": "学校事務担当",
        "terminal": "",
        "session": "",
        "job_id": None,
        "subjects": (Subject("household", "1"),),
        "detail": {},
        "allowed_by": "",
        "duty": "",
        "case": "",
    }
    return TrailEvent(**values | changes)


def test_a_person_reads() -> None:
    assert sentence(event()) == "山田 花子（学校事務担当）が世帯を閲覧しました（世帯 1件）。"


def test_a_job_acts_for_the_one_who_asked() -> None:
    made = event(event=Event.ROUND_PAYMENTS_CALCULATED.value, actor_kind="job", actor_role="", subjects=())
    assert sentence(made) == "山田 花子の処理が支給額を計算しました。"


@pytest.mark.parametrize(
    ("word", "detail", "said"),
    [
        (Event.READ_LIST_SHOWN, {"list": "statements"}, "が「調書」の一覧を閲覧しました（"),
        (Event.READ_LIST_SHOWN, {"一覧": "月次点検"}, "が「月次点検」の一覧を閲覧しました（"),
        (Event.READ_SEARCH_SHOWN, {"list": "households"}, "が「世帯」を検索しました（"),
        (Event.EXPORT_TABLE_MADE, {"table": "impact"}, "が「影響試算」の表をファイルに書き出しました（"),
        (Event.READ_LIST_SHOWN, {"list": "never:heard"}, "が一覧を閲覧しました（"),
        (Event.READ_LIST_SHOWN, {}, "が一覧を閲覧しました（"),
    ],
)
def test_which_list_was_seen_is_said(word: Event, detail: dict[str, Any], said: str) -> None:
    assert said in sentence(event(event=word.value, detail=detail))


def test_subjects_are_counted_by_kind() -> None:
    several = (*(Subject("pupil", str(n)) for n in range(1200)), Subject("school", "01"))
    assert sentence(event(subjects=several)).endswith("（児童生徒 1,200件、学校 1件）。")


def test_a_file_refused_by_a_job_reads_as_what_the_job_did() -> None:
    refused = event(event=Event.NUMBER_FILE_REFUSED.value, actor_kind="job", actor_role="", subjects=())
    assert sentence(refused) == "山田 花子の処理が番号ファイルを受け付けませんでした。"


def test_a_word_of_a_later_or_lost_version_still_gives_a_sentence() -> None:
    assert "「old:thing:done」" in sentence(event(event="old:thing:done", actor_name="", subjects=()))


@pytest.mark.parametrize("word", list(Event))
def test_every_event_reads_as_one_sentence(word: Event) -> None:
    text = sentence(event(event=word.value))
    assert text.startswith("山田 花子（学校事務担当）が")
    assert text.count("。") == 1
