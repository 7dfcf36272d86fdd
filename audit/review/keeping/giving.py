"""Records as other programs read them: lines of OCSF objects, and a table that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from audit.trail.labels import WORDING, subject_label
from audit.trail.ocsf import as_ocsf
from audit.trail.sealing.export import events_of, heads_within

COLUMNS = (
    "通し番号", "日時", "出来事", "出来事の名称", "操作者", "操作者名", "役割", "端末", "利用",
    "対象", "許可の根拠", "事務コード", "案件", "内容", "記録の番号",
)  # fmt: skip
SEALED_LATE = timedelta(days=7)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def ocsf_lines(since: datetime, until: datetime) -> Iterator[str]:
    """One OCSF object a line for each event of the period that is sealed. Raises TrailUnavailable."""
    for seq, event in _events(since, until):
        yield json.dumps(as_ocsf(event, seq), ensure_ascii=False, separators=(",", ":")) + "\n"


def csv_lines(since: datetime, until: datetime) -> Iterator[str]:
    """The same as CSV for a spreadsheet: UTF-8 with its mark, every cell guarded. Raises TrailUnavailable."""
    yield "\ufeff" + _csv(COLUMNS)
    for seq, event in _events(since, until):
        yield _csv([str(seq), *map(guarded, _cells(event))])


def guarded(text: str) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP ASVS 1.2.10)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _events(since: datetime, until: datetime) -> Iterator[tuple[int, dict[str, Any]]]:
    """Those that happened in the period, whenever they were sealed: usually seconds later, after a stop of the trail within days."""
    for head in heads_within(since, until + SEALED_LATE):
        for seq, event in events_of(head):
            if since <= datetime.fromisoformat(event["occurred_at"]) < until:
                yield seq, event


def _cells(event: Mapping[str, Any]) -> Iterator[str]:
    words = WORDING.get(event["event"])
    at = timezone.localtime(datetime.fromisoformat(event["occurred_at"]))
    yield f"{at:%Y-%m-%d %H:%M:%S}"
    yield event["event"]
    yield words.label if words else ""
    yield from (event[name] for name in ("actor_id", "actor_name", "actor_role", "terminal", "session"))
    yield "、".join(f"{subject_label(subject['kind'])} {subject['id']}" for subject in event["subjects"])
    yield from (event[name] for name in ("allowed_by", "duty", "case_ref"))
    yield json.dumps(event["detail"], ensure_ascii=False)
    yield event["id"]


def _csv(cells: Any) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
