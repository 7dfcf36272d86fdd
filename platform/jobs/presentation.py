"""What pages say about a job. The bar itself is `{% progress job %}` of the design system."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.models import Job
from jobs.states import GIVEN_UP, State

_ANSWERS = {
    State.QUEUED: "順番を待っています。画面を閉じても始まります。",
    State.RUNNING: "実行しています。画面を閉じても続きます。",
    State.SUCCEEDED: "終わりました。",
    State.FAILED: "途中で止まりました。済んだ分は残っています。",
    State.CANCELLED: "中止しました。済んだ分は残っています。",
}
_CHANGES = {
    ("", State.QUEUED): "依頼を受けました",
    (State.QUEUED, State.RUNNING): "始めました",
    (State.RUNNING, State.RUNNING): "中断した処理を引き継ぎました",
    (State.RUNNING, State.QUEUED): "後でもう一度試します",
    (State.RUNNING, State.SUCCEEDED): "終わりました",
    (State.RUNNING, State.FAILED): "止まりました",
    (State.RUNNING, State.CANCELLED): "中止しました",
    (State.QUEUED, State.CANCELLED): "始める前に中止しました",
    (State.FAILED, State.QUEUED): "再開しました",
    (State.CANCELLED, State.QUEUED): "再開しました",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a job's history (経過)."""

    at: datetime
    what: str
    who: str
    note: str


def progress_context(job: Job) -> dict[str, Any]:
    """What `jobs/_progress.html` and `jobs/detail.html` need of a job."""
    return {
        "job": job,
        "answer": _answer(job),
        "can_cancel": job.is_live and not job.cancel_requested,
        "can_retry": job.state in GIVEN_UP,
        "changes": list(_changes(job)),
    }


def _answer(job: Job) -> str:
    if job.is_live and job.cancel_requested:
        return "中止を求めました。区切りのよいところで止まります。"
    if job.state == State.QUEUED and job.failures:
        return f"{job.error} 時間をおいて、もう一度試します（{job.failures}回目の失敗の後）。"
    if job.state == State.QUEUED and job.quiet_seconds:
        return "相手の回答を待っています。届きしだい続けます。画面を閉じてもかまいません。"
    return _ANSWERS[State(job.state)]


def _changes(job: Job) -> Iterator[Change]:
    for event in job.history.all():
        yield Change(
            event.at, _CHANGES.get((event.before, State(event.after)), event.after), event.actor_name, event.note
        )
