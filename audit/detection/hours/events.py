"""Log-in histories as JSON Lines: `{"person": 7, "at": "2026-04-03T08:41:00+09:00", "train": true}`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import floor

from web.text import is_number_like

FAULTS_TOLD = 20
YEARS = range(1952, 2200)
"""Before 1952 Japan had a summer time."""


class EventsUnreadable(Exception):
    """`detection.events-unreadable`: lines of the file that are no log-ins. The message names each line."""

    identifier = "detection.events-unreadable"

    def __init__(self, faults: list[str]) -> None:
        more = len(faults) - FAULTS_TOLD
        rest = [f"ほかに{more}行"] if more > 0 else []
        super().__init__(
            "\n".join(
                [
                    "読み取れない行があるため、何も判定していません。直してからやり直してください。",
                    *faults[:FAULTS_TOLD],
                    *rest,
                ]
            )
        )


@dataclass(slots=True)
class Events:
    """Columns in the order of the file. `heads`: the beginning of each output line, ready; `seconds` since 1970."""

    persons: list[int] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)
    is_training: list[bool] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    numbers: dict[int | str, int] = field(default_factory=dict)
    """Person as the file names them → 0 …; 7 and "7" are two persons."""


def read_events(lines: Iterable[str]) -> Events:
    """All log-ins; empty lines are passed over. Raises EventsUnreadable."""
    events, faults = Events(), []
    for number, line in enumerate(lines, 1):
        if line.isspace() or not line:
            continue
        try:
            _add(events, json.loads(line))
        except json.JSONDecodeError as error:
            faults.append(f"{number}行目：JSONではありません（{error.colno}文字目）。")
        except _Fault as fault:
            faults.append(f"{number}行目：{fault}")
        except ValueError:
            faults.append(f"{number}行目：読めない長さの数字があります。")
        except RecursionError:
            faults.append(f"{number}行目：入れ子が深すぎます。")
    if faults:
        raise EventsUnreadable(faults)
    return events


class _Fault(Exception):
    """What is wrong with one line."""


def _add(events: Events, row: object) -> None:
    if not isinstance(row, dict):
        raise _Fault("{ } で囲んだ1件ではありません。")
    person, text, train = row.get("person"), row.get("at"), row.get("train", False)
    if isinstance(person, bool) or not isinstance(person, int | str) or person == "":
        raise _Fault("person がないか、番号でも文字でもありません。")
    if isinstance(person, str) and not _is_text(person):
        raise _Fault("person に文字として表せない符号があります。")
    if person not in events.numbers and is_number_like(str(person)):
        raise _Fault("person に個人番号らしい12桁の数字があります。別の番号に置き換えてください。")
    if not isinstance(train, bool):
        raise _Fault("train は true か false で書いてください。")
    seconds = _seconds(text)
    events.persons.append(events.numbers.setdefault(person, len(events.numbers)))
    events.seconds.append(seconds)
    events.is_training.append(train)
    events.heads.append(f'{{"person": {json.dumps(person, ensure_ascii=False)}, "at": {json.dumps(text)}, "p_value": ')


def _is_text(word: str) -> bool:
    """JSON can name halves of characters, which no file can hold."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


def _seconds(text: object) -> int:
    try:
        moment = datetime.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise _Fault("at が日時ではありません（例：2026-04-03T08:41:00+09:00）。") from None
    if moment.tzinfo is None:
        raise _Fault("at に時差がありません（日本時間なら末尾に +09:00 を付けてください）。")
    if moment.year not in YEARS:
        raise _Fault(f"at の年が{YEARS.start}年から{YEARS.stop - 1}年の間にありません。")
    return floor(moment.timestamp())
