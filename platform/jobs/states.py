"""The states of a job and the ways between them. Pure: the database's constraints and the services follow this table."""

from django.db import models


class State(models.TextChoices):
    """State of a job (処理の状態)."""

    QUEUED = "queued", "待機中"
    RUNNING = "running", "実行中"
    SUCCEEDED = "succeeded", "完了"
    FAILED = "failed", "失敗"
    CANCELLED = "cancelled", "中止"


# running → running is another worker taking over after the lease ran out; running → queued waits for another try.
ALLOWED: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED}),
    State.RUNNING: frozenset({State.RUNNING, State.QUEUED, State.SUCCEEDED, State.FAILED, State.CANCELLED}),
    State.SUCCEEDED: frozenset(),
    State.FAILED: frozenset({State.QUEUED}),
    State.CANCELLED: frozenset({State.QUEUED}),
}
LIVE = frozenset({State.QUEUED, State.RUNNING})
ENDED = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED})
GIVEN_UP = frozenset({State.FAILED, State.CANCELLED})


def may_follow(before: State, after: State) -> bool:
    """Whether a job may go from one state to the other."""
    return after in ALLOWED[before]
