"""Our calculation against the peer's: the same households, the results compared one by one, the runs interleaved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from domain.rules import Assessment, HouseholdCase, Pack, assess, load_pack
from domain.rules.assessment.wire import case_from_json, case_to_json
from ops.bench.households import households
from ops.bench.measures import MICROSECONDS, TIMES, Measured, Section, per_item, ratios, seconds_of
from ops.bench.peer.environment import PeerUnavailable, peer_python
from ops.bench.peer.figures import figures_of, households_for_peer
from ops.bench.peer.process import PeerProcess, started

PACK = "R07-former-standard"
GOAL_RATIO = 8.0
GOAL_MICROSECONDS = 100.0
TITLE = "One household at a time, against openfisca-core"
OURS_FACTS, OURS_TEXT = "ours, from facts in memory, with receipt", "ours, from the same dictionary, with receipt"

Row = tuple[int | None, int | None, int | None]


class ResultsDiffer(Exception):
    """`bench.results-differ`: peer and product do not calculate the same, so comparing their speed would mean nothing."""

    identifier = "bench.results-differ"


def measure_calculation(folder: Path, *, count: int, repetitions: int) -> Section:
    """Both sides over `count` households; ours alone when the peer cannot be had. Raises ResultsDiffer, PeerCannot."""
    pack, cases = load_pack(PACK), households(count)
    ours = ours_over(pack, cases)
    try:
        python = peer_python(folder)
    except PeerUnavailable as problem:
        runs = {title: [seconds_of(work) for _ in range(repetitions)] for title, work in ours.items()}
        return Section(TITLE, _ours_rows(runs, count), (f"No ratio this time: {problem}.",))
    with started(python, figures_of(pack), households_for_peer(cases)) as peer:
        for way, found in peer.results().items():
            compare(cases, [assess(pack, case) for case in cases], found, way)
        return _section(interleaved(ours, peer, count, repetitions), count, peer.version)


def ours_over(pack: Pack, cases: Sequence[HouseholdCase]) -> dict[str, Callable[[], object]]:
    """Our two ways: from facts as the database gives them, and from the JSON form of a case."""
    texts = [case_to_json(case) for case in cases]

    def from_facts() -> None:
        for case in cases:
            assess(pack, case).receipt()

    def from_texts() -> None:
        for text in texts:
            assess(pack, case_from_json(text)).receipt()

    return {OURS_FACTS: from_facts, OURS_TEXT: from_texts}


def compare(
    cases: Sequence[HouseholdCase], ours: Sequence[Assessment], theirs: Sequence[Sequence[int]], way: str
) -> None:
    """Every 収入額, 需要額 and 支弁区分 must be the same. Raises ResultsDiffer naming the first that is not."""
    if not len(cases) == len(ours) == len(theirs):
        raise ResultsDiffer(f"{way}: {len(cases)} households, {len(ours)} and {len(theirs)} results")
    for number, (assessment, their) in enumerate(zip(ours, theirs, strict=True)):
        if list(row_of(assessment)) != list(their):
            raise ResultsDiffer(f"{way}: household {number}: ours {row_of(assessment)}, the peer's {tuple(their)}")


def row_of(assessment: Assessment) -> Row:
    """収入額, 需要額 (年額, 円), 支弁区分."""
    need, category = assessment.annual_need, assessment.category
    whole = int(need) if need is not None and need.denominator == 1 else None
    return assessment.income, whole, None if category is None else int(category)


def interleaved(
    ours: Mapping[str, Callable[[], object]], peer: PeerProcess, count: int, repetitions: int
) -> dict[str, list[float]]:
    """Seconds by what was run: one run of each in turn, the order turned round every time."""
    works: dict[str, Callable[[], float]] = {title: _timing(work) for title, work in ours.items()}
    works["situations"] = lambda: peer.seconds("situations", count)
    works["arrays"] = lambda: peer.seconds("arrays", count)
    works["all at once"] = lambda: peer.seconds("all at once", 1)
    for work in works.values():  # once unmeasured, so that no side pays for a first time
        work()
    runs: dict[str, list[float]] = {title: [] for title in works}
    order = list(works)
    for _ in range(repetitions):
        for title in order:
            runs[title].append(works[title]())
        order.reverse()
    return runs


def _timing(work: Callable[[], object]) -> Callable[[], float]:
    return lambda: seconds_of(work)


def _ours_rows(runs: Mapping[str, Sequence[float]], count: int) -> tuple[Measured, ...]:
    return (
        Measured(OURS_FACTS, MICROSECONDS, per_item(runs[OURS_FACTS], count), GOAL_MICROSECONDS),
        Measured(OURS_TEXT, MICROSECONDS, per_item(runs[OURS_TEXT], count)),
    )


def _section(runs: Mapping[str, Sequence[float]], count: int, version: str) -> Section:
    peer = f"openfisca-core {version}"
    rows = (
        *_ours_rows(runs, count),
        Measured(f"{peer}, from a dictionary", MICROSECONDS, per_item(runs["situations"], count)),
        Measured(f"{peer}, from arrays made beforehand", MICROSECONDS, per_item(runs["arrays"], count)),
        Measured(f"{peer}, all {count:,} at once (vectorised)", MICROSECONDS, per_item(runs["all at once"], count)),
        Measured(
            "times as fast: both from a dictionary", TIMES, ratios(runs["situations"], runs[OURS_TEXT]), GOAL_RATIO
        ),
        Measured(
            "times as fast: facts in memory, peer from a dictionary",
            TIMES,
            ratios(runs["situations"], runs[OURS_FACTS]),
        ),
        Measured("times as fast: facts in memory, peer from arrays", TIMES, ratios(runs["arrays"], runs[OURS_FACTS])),
        Measured("times as fast: peer vectorised", TIMES, ratios(runs["all at once"], runs[OURS_FACTS])),
    )
    return Section(
        TITLE,
        rows,
        (
            f"{count:,} fictitious households, the same for both; every 収入額, 需要額 and 支弁区分 was compared and was equal.",
            "Ours checks the facts, takes ages from birthdays and makes a receipt with every step and its digest. The peer"
            " makes no receipt, is given ages and looks its tables up by position. From a dictionary is the way its"
            " documentation shows; from arrays is the quickest way we know to give it one household.",
            "Vectorised, over all households at once, the peer is far quicker than we are; it then has no receipt.",
        ),
    )
