"""What a page says about a job under way: words, share, rate and remaining time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils import timezone

_WORDS = {"queued": "待機中", "running": "実行中", "succeeded": "完了", "failed": "失敗", "cancelled": "中止"}
LIVE_STATES = frozenset({"queued", "running"})


class JobLike(Protocol):
    """What the progress bar reads of a job; `jobs.models.Job` has it all."""

    state: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Ready for the template. `rate` and `remaining` are "" until enough is known."""

    word: str
    live: bool
    done: int
    total: int | None
    rate: str
    remaining: str


def describe(job: JobLike) -> Progress:
    done, total = job.done or 0, job.total
    live = job.state in LIVE_STATES
    started_at: datetime | None = getattr(job, "started_at", None)
    seconds = int((timezone.now() - started_at).total_seconds()) if live and started_at else 0
    return Progress(
        word=_WORDS.get(job.state, job.state),
        live=live,
        done=done,
        total=total,
        rate=f"毎分 {done * 60 // seconds:,}件" if seconds > 0 and done else "",
        remaining=_remaining(done, total, seconds),
    )


def _remaining(done: int, total: int | None, seconds: int) -> str:
    if not (done and total and seconds > 0):
        return ""
    left = (total - done) * seconds // done
    return "まもなく終わります" if left < 60 else f"残り およそ{-(-left // 60)}分"
