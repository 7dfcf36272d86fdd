"""Impact runs: a draft pack against the one in force, over a prefecture and over as many households as the country has."""

from __future__ import annotations

import resource
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from domain.rules import Pack, load_pack
from domain.rules.impact import Impact, ImpactCase, compare, compare_in_parallel
from ops.bench.calculation import PACK
from ops.bench.households import households
from ops.bench.measures import SECONDS, Measured, Section, seconds_of, timed

PREFECTURE, COUNTRY = 10_000, 500_000
GOALS = {PREFECTURE: 2.0, COUNTRY: 30.0}
BATCH = 1_000
WORKERS = 2
DIFFERENT = 10_000
"""So many households are different ones; a larger run sees them again and again."""
LEFT_OUT = "lunch"


class ImpactIncomplete(Exception):
    """`bench.impact-incomplete`: a run did not see every household, or told another number, so its time says nothing."""

    identifier = "bench.impact-incomplete"


def draft_of(pack: Pack) -> Pack:
    """A draft that moves households: 教育扶助 学校給食費 no longer counts in the need."""
    parts = tuple(part for part in pack.need.components if part.id != LEFT_OUT)
    return replace(pack, name="draft", digest="sha256:draft", need=replace(pack.need, components=parts))


@lru_cache(maxsize=1)
def _different() -> Sequence[ImpactCase]:
    cases = households(DIFFERENT, seed=17)
    return [ImpactCase(str(number), f"B{number // 250:03}", case) for number, case in enumerate(cases)]


def read_batch(batch: tuple[int, int]) -> Iterator[ImpactCase]:
    """Households `start`, … of `count` many, made once per process."""
    start, count = batch
    known = _different()
    return (known[(start + number) % DIFFERENT] for number in range(count))


def measure_impact(*, prefecture: int, country: int, repetitions: int) -> Section:
    """In memory for a prefecture, in two processes with progress for the country. Raises ImpactIncomplete."""
    before = load_pack(PACK)
    after = draft_of(before)
    _different()

    def over_prefecture() -> None:
        checked(compare(before, after, read_batch((0, prefecture))), prefecture)

    row = timed(f"impact run over {prefecture:,} households", over_prefecture, repetitions, GOALS.get(prefecture))
    walls, cpus = [], []
    for _ in range(max(1, repetitions // 2)):
        began = _cpu_of_all()
        walls.append(seconds_of(lambda: over_country(before, after, country)))
        cpus.append(_cpu_of_all() - began)
    title = f"impact run over {country:,} households, {WORKERS} processes, with progress"
    large = Measured(title, SECONDS, tuple(walls), GOALS.get(country), tuple(cpus))
    remark = (
        f"Two packs, every household assessed under both, movers with their reasons; without expenses. {DIFFERENT:,} different"
        " households, made beforehand (in each process of the large run: as a part of it), seen again in turn."
    )
    return Section("Impact run", (row, large), (remark,))


def _cpu_of_all() -> float:
    """Processor time of this process and of the workers that have ended, seconds."""
    own, workers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + workers.ru_utime + workers.ru_stime


def over_country(before: Pack, after: Pack, count: int) -> None:
    told: list[int] = []
    batches = [(start, min(BATCH, count - start)) for start in range(0, count, BATCH)]
    impact = compare_in_parallel(before, after, batches, read_batch, workers=WORKERS, progress=told.append)
    if told[-1:] != [count] or len(told) < len(batches):
        raise ImpactIncomplete(f"progress told {told[-1:]} of {count}")
    checked(impact, count)


def checked(impact: Impact, count: int) -> Impact:
    """The impact, when it is about `count` households of which some move."""
    seen = sum(tally.households for tally in impact.schools.values())
    if seen != count or not impact.movers:
        raise ImpactIncomplete(f"{seen} of {count} households, {len(impact.movers)} movers")
    return impact
