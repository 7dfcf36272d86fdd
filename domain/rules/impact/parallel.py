"""An impact run over several processes: each gets the packs once, reads batches by itself and hands back sums."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from domain.rules.impact.comparing import Progress, compare, pack_name
from domain.rules.impact.model import Impact, ImpactCase
from domain.rules.yearpack.model import Pack

AHEAD = 2
"""Batches per worker that are waiting; a stream is read no further ahead than this."""

Read = Callable[[Any], Iterable[ImpactCase]]
_given: dict[str, Any] = {}


def compare_in_parallel(
    before: Pack,
    after: Pack,
    batches: Iterable[Any],
    read: Read,
    *,
    workers: int = 2,
    progress: Progress | None = None,
) -> Impact:
    """Impact over all households that `read` (a function of a module) makes of each batch; the same as `compare`.

    Batches come back in their own order, so movers stand in the order of the input.  With one worker everything runs in
    this process.  What `read` raises is raised here.
    """
    impact = Impact((pack_name(before), before.digest), (pack_name(after), after.digest))
    done = 0
    for part in _parts(before, after, batches, read, workers):
        impact.add(part)
        done += sum(tally.households for tally in part.schools.values())
        if progress is not None:
            progress(done)
    return impact


def _parts(before: Pack, after: Pack, batches: Iterable[Any], read: Read, workers: int) -> Iterable[Impact]:
    if workers < 2:
        for batch in batches:
            yield compare(before, after, read(batch))
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (before, after, read))
    waiting: deque[Future[Impact]] = deque()
    try:
        for batch in batches:
            waiting.append(pool.submit(_work, batch))
            if len(waiting) > workers * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(before: Pack, after: Pack, read: Read) -> None:
    _given.update(before=before, after=after, read=read)


def _work(batch: Any) -> Impact:
    return compare(_given["before"], _given["after"], _given["read"](batch))
