"""What a page says about a job under way: words, share, rate and remaining time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils import timezone

_WORDS = {"queued": "待機中", "running": "実行中", "succeeded": "完了", "failed": "失敗", "cancelled": "中止"}
LIVE_STATES = frozenset({"queued", "running"})


STILL_SECONDS = 30
"""A job that has not gone on for so long is not called moving: nobody is told when it will end."""


class JobLike(Protocol):
    """What the progress bar reads of a job; `jobs.models.Job` has it all."""

    state: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Ready for the template. `rate` and `remaining` are "" until enough is known; `standing` says why nothing moves."""

    word: str
    live: bool
    done: int
    total: int | None
    rate: str
    remaining: str
    standing: str


@dataclass(frozen=True, slots=True)
class _Pace:
    """`gained` in `seconds`, the last of it `quiet` seconds ago."""

    gained: int
    seconds: float
    quiet: float


def describe(job: JobLike) -> Progress:
    done, total = job.done or 0, job.total
    live = job.state in LIVE_STATES
    pace = _pace(job, done) if live else None
    standing = _standing(job, pace) if live else ""
    moving = pace if pace and pace.gained > 0 and pace.seconds >= 1 and not standing else None
    return Progress(
        word=_WORDS.get(job.state, job.state),
        live=live,
        done=done,
        total=total,
        rate=f"毎分 {int(moving.gained * 60 / moving.seconds):,}件" if moving else "",
        remaining=_remaining(moving, total - done) if moving and total else "",
        standing=standing,
    )


def _pace(job: JobLike, done: int) -> _Pace | None:
    since: datetime | None = getattr(job, "measured_since", None)
    if since is None:
        return None
    moved: datetime | None = getattr(job, "moved_at", None)
    gained = done - int(getattr(job, "measured_from", 0))
    last = moved or since
    return _Pace(gained, (last - since).total_seconds(), (timezone.now() - last).total_seconds())


def _standing(job: JobLike, pace: _Pace | None) -> str:
    """Why the job does not go on at this moment; "" while it does."""
    failures: int = getattr(job, "failures", 0)
    quiet: int = getattr(job, "quiet_seconds", 0)
    error: str = getattr(job, "error", "")
    if job.state == "queued" and failures and error:
        return f"{error} 時間をおいて、もう一度試します（{failures}回目の失敗の後）。"
    if job.state == "queued" and quiet:
        return "相手の回答を待っています。"
    if job.state == "queued" and (not_taken := str(getattr(job, "not_taken", ""))):
        return not_taken
    if pace is None or pace.quiet < STILL_SECONDS:
        return ""
    still = f"{int(pace.quiet // 60)}分" if pace.quiet >= 60 else f"{int(pace.quiet)}秒"
    again = f"前の失敗: {error} " if failures and error else ""
    return f"{again}{still}のあいだ、件数が進んでいません。"


def _remaining(pace: _Pace, left: int) -> str:
    """ "" where the job should have ended by now at its own speed: then nobody knows."""
    seconds = left * pace.seconds / pace.gained - pace.quiet
    if left > 0 and seconds < 0:
        return ""
    return "まもなく終わります" if seconds < 60 else f"残り およそ{-(-int(seconds) // 60)}分"
