"""`manage.py watch_score` as people outside run it: no database, any order, any zone."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.detection.hours.words import NOTHING_LEARNT
from tests.audit.detection.hours.offices import MONDAY, office

ROOT = Path(__file__).resolve().parents[4]


def scored(folder: Path, *lines: str) -> list[dict[str, Any]]:
    file = folder / "events.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    out = io.StringIO()
    call_command("watch_score", events=str(file), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def line(person: int | str, at: str, train: bool = False) -> str:
    return json.dumps({"person": person, "at": at, "train": train})


def learnt(persons: int = 6, days: int = 40) -> list[str]:
    from datetime import datetime

    rows = zip(*office(persons, days), strict=True)
    return [line(int(p), datetime.fromtimestamp(s, MONDAY.tzinfo).isoformat(), True) for p, s in rows]


def test_every_line_has_its_answer_in_the_order_of_the_file(tmp_path: Path) -> None:
    night, morning = line(0, "2026-07-07T02:00:00+09:00"), line(1, "2026-07-07T09:00:00+09:00")
    answers = scored(tmp_path, night, *learnt(), "", morning)
    assert [answer["at"] for answer in answers] == [json.loads(text)["at"] for text in [night, *learnt(), morning]]
    assert all(answer["p_value"] is None and answer["reasons"] == [] for answer in answers[1:-1])
    assert answers[0]["p_value"] < 0.02 < 0.1 < answers[-1]["p_value"]
    assert answers[0]["reasons"][0].startswith("平日の2:00〜2:30の利用。本人の過去")
    assert answers[0]["reasons"][0].endswith("始まったものは0回。")
    assert len(answers[0]["reasons"]) == 3


def test_the_same_moment_in_another_zone_is_the_same(tmp_path: Path) -> None:
    texts = (
        "2026-07-07T02:00:00+09:00",
        "2026-07-06T17:00:00Z",
        "2026-07-06T13:00:00-04:00",
        "2026-07-06 17:00:00.5+00:00",
    )
    answers = scored(tmp_path, *learnt(), *(line(0, text) for text in texts))[-4:]
    assert len({answer["p_value"] for answer in answers}) == 1
    assert len({tuple(answer["reasons"]) for answer in answers}) == 1


def test_training_lines_may_come_last_and_mixed(tmp_path: Path) -> None:
    asked = line(0, "2026-07-07T02:00:00+09:00")
    first, last = scored(tmp_path, asked, *learnt())[0], scored(tmp_path, *reversed(learnt()), asked)[-1]
    assert first == last


def test_scored_lines_teach_nothing(tmp_path: Path) -> None:
    nights = [line(0, f"2026-07-{day:02}T02:00:00+09:00") for day in range(6, 11)]
    answers = scored(tmp_path, *learnt(), *nights)[-5:]
    assert len({answer["p_value"] for answer in answers}) == 1


def test_somebody_new_and_somebody_long_away_are_compared_with_the_organisation(tmp_path: Path) -> None:
    new, away = scored(
        tmp_path, *learnt(), line("新人", "2026-07-07T09:00:00+09:00"), line(0, "2026-12-07T09:00:00+09:00")
    )[-2:]
    assert new["person"] == "新人"
    assert "本人の履歴は0回で学習中（10回まで）のため、組織の時間帯だけと比べた。" in new["reasons"][0]
    assert "90日より長く利用がなかったため学習し直しており" in away["reasons"][0]
    assert new["p_value"] == away["p_value"] or away["p_value"] > 0.1


def test_without_anything_learnt_nobody_is_accused(tmp_path: Path) -> None:
    (answer,) = scored(tmp_path, line(7, "2026-07-07T02:00:00+09:00"))
    assert answer == {"person": 7, "at": "2026-07-07T02:00:00+09:00", "p_value": 1.0, "reasons": [NOTHING_LEARNT]}


def test_one_learnt_line_is_sure_of_nothing(tmp_path: Path) -> None:
    night, other = scored(
        tmp_path,
        line(7, "2026-07-06T09:00:00+09:00", True),
        line(7, "2026-07-07T02:00:00+09:00"),
        line("7", "2026-07-12T02:00:00Z"),
    )[1:]
    assert min(night["p_value"], other["p_value"]) > 0.49
    assert "本人の履歴は1回で学習中" in night["reasons"][0]
    assert "本人の履歴は0回で学習中" in other["reasons"][0]
    assert other["reasons"][2].startswith("学習した1回のうち、これと同じかそれより珍しいものは0回")


def test_lines_given_twice_change_nothing(tmp_path: Path) -> None:
    asked = line(0, "2026-07-07T02:00:00+09:00")
    once, *twice = scored(tmp_path, *learnt(), asked)[-1:] + scored(tmp_path, *learnt(), *learnt(), asked, asked)[-2:]
    assert twice == [once, once]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("{person: 7}", "2行目：JSONではありません（2文字目）。"),
        ("[7]", "2行目：{ } で囲んだ1件ではありません。"),
        ('{"at": "2026-07-07T02:00:00+09:00"}', "2行目：person がない"),
        ('{"person": true, "at": "2026-07-07T02:00:00+09:00"}', "2行目：person がない"),
        ('{"person": "1234 5678 9018", "at": "2026-07-07T02:00:00+09:00"}', "2行目：person に個人番号らしい12桁の数字"),
        ('{"person": ' + "7" * 5000 + ', "at": "2026-07-07T02:00:00+09:00"}', "2行目：読めない長さの数字"),
        (r'{"person": "\ud800", "at": "2026-07-07T02:00:00+09:00"}', "2行目：person に文字として表せない符号"),
        ('{"person": 7, "at": "7月7日"}', "2行目：at が日時ではありません"),
        ('{"person": 7, "at": 1783358400}', "2行目：at が日時ではありません"),
        ('{"person": 7, "at": "2026-07-07T02:00:00"}', "2行目：at に時差がありません"),
        ('{"person": 7, "at": "9999-12-31T23:59:59Z"}', "2行目：at の年が"),
        ('{"person": 7, "at": "2026-07-07T02:00:00+09:00", "train": "yes"}', "2行目：train は true か false"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_judged(tmp_path: Path, bad: str, words: str) -> None:
    with pytest.raises(CommandError, match="何も判定していません") as refused:
        scored(tmp_path, line(7, "2026-07-07T02:00:00+09:00"), bad)
    assert words in str(refused.value)


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="ほかに5行"):
        scored(tmp_path, *["x"] * 25)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="開けません"):
        call_command("watch_score", events=str(tmp_path / "none.jsonl"))


def test_it_runs_without_any_server_or_secret(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "watch_score", "--events", "-"],
        input=line(7, "2026-07-07T02:00:00+09:00"),
        env={"PATH": "/usr/bin:/bin", "SHOREI_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout)["p_value"] == 1.0
