"""`impact` and `replay` of the command line: JSON Lines in, one JSON object out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from domain.rules.assessment.wire import case_from_json
from domain.rules.errors import NOTHING_GIVEN, CaseError, PackError
from domain.rules.impact.comparing import Progress
from domain.rules.impact.model import Impact, ImpactCase, PupilExpenses
from domain.rules.impact.parallel import compare_in_parallel
from domain.rules.impact.writing import mover_json, summary_json
from domain.rules.payment.wire import payment_case_from_json
from domain.rules.reading import Reader, ReadFault
from domain.rules.replaying import Outcome, replay
from domain.rules.strict_json import NotJson, strict_json
from domain.rules.yearpack.loading import Loader, load_pack
from domain.rules.yearpack.model import Pack

BATCH_SIZE = 1_000
"""Lines that go to a worker together."""
ALONE_SIZE = 4_000
"""Fewer lines than this are not worth other processes."""
NOT_OF_THE_CASE = frozenset({"pack", "overlays", "key", "school", "payments"})
Numbered = tuple[int, str]


def run_impact(
    before: str, after: str, lines: Iterable[str], workers: int, progress: Progress | None, load: Loader = load_pack
) -> str:
    """Answer of `impact` for a stream of lines.  CaseError and PackError name what is wrong; no line at all is refused."""
    packs = pack_named(before, load), pack_named(after, load)
    found = impact_of_lines(*packs, lines, workers=workers, progress=progress)
    if not found.total.households:
        raise CaseError(NOTHING_GIVEN)
    return json.dumps(impact_json(found), ensure_ascii=False, indent=1)


def pack_named(text: str, load: Loader = load_pack) -> Pack:
    """Pack of `name` or `name+overlay+overlay`."""
    name, *overlays = text.split("+")
    return load(name, overlays)


def impact_of_lines(
    before: Pack, after: Pack, lines: Iterable[str], *, workers: int = 1, progress: Progress | None = None
) -> Impact:
    """Impact over households, one a line; empty lines are skipped.  CaseError names the line."""
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    first = list(islice(numbered, ALONE_SIZE))
    many = len(first) == ALONE_SIZE
    batches = _batches(first, numbered)
    read = partial(read_lines, before.fiscal_year)
    return compare_in_parallel(before, after, batches, read, workers=workers if many else 1, progress=progress)


def _batches(first: list[Numbered], rest: Iterable[Numbered]) -> Iterator[list[Numbered]]:
    for start in range(0, len(first), BATCH_SIZE):
        yield first[start : start + BATCH_SIZE]
    stream = iter(rest)
    while batch := list(islice(stream, BATCH_SIZE)):
        yield batch


def read_lines(fiscal_year: int, batch: Sequence[Numbered]) -> Iterator[ImpactCase]:
    """Households of numbered lines; `fiscal_year` where a line names none."""
    for number, line in batch:
        try:
            yield _case(strict_json(line), number, fiscal_year)
        except CaseError as fault:
            raise CaseError(f"{number}行目: {fault.message}") from None
        except NotJson as fault:
            raise CaseError(fault.told(f"{number}行目")) from None
        except (ReadFault, ValueError, RecursionError) as fault:
            raise CaseError(f"{number}行目: {fault}") from None


def _case(data: object, number: int, fiscal_year: int) -> ImpactCase:
    """A line of `assess` with names of its own: `key`, `school`, `payments`.  `pack` and `overlays` are not used."""
    if not isinstance(data, dict):
        raise CaseError("世帯はオブジェクトで書いてください")
    own = Reader({name: data[name] for name in ("key", "school", "payments") if name in data}, "入力")
    case = case_from_json({name: value for name, value in data.items() if name not in NOT_OF_THE_CASE}, fiscal_year)
    return ImpactCase(
        own.text_or("key", str(number)),
        own.text_or("school", ""),
        case,
        tuple(_expenses(each) for each in own.children("payments")),
    )


def _expenses(reader: Reader) -> PupilExpenses:
    found = PupilExpenses(reader.text("member"), payment_case_from_json(reader.value("case")))
    reader.done()
    return found


def impact_json(impact: Impact) -> dict[str, object]:
    """The summary and everybody who moves."""
    return {**summary_json(impact), "movers": [mover_json(each) for each in impact.movers]}


def replay_lines(lines: Iterable[str], load: Loader = load_pack) -> tuple[bool, dict[str, object]]:
    """Whether all receipts (one a line) come out the same, and the report.

    CaseError names a line that is no receipt; so it does where there is none: nothing was proved.
    """
    find = partial(_on_hand, load)
    counts: Counter[str] = Counter()
    findings: list[dict[str, object]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found = replay(strict_json(line), find)
        except NotJson as fault:
            raise CaseError(fault.told(f"{number}行目")) from None
        except (ValueError, RecursionError) as fault:
            raise CaseError(f"{number}行目: {fault}") from None
        if found.outcome is Outcome.UNREADABLE:
            raise CaseError(f"{number}行目: {found.message}")
        counts[found.outcome.value] += 1
        if found.outcome is not Outcome.SAME:
            findings.append({"line": number, **found.to_json()})
    if not counts:
        raise CaseError(NOTHING_GIVEN)
    report: dict[str, object] = {"checked": counts.total()}
    report |= {each.value: counts[each.value] for each in Outcome if each is not Outcome.UNREADABLE}
    return not findings, {**report, "findings": findings}


def _on_hand(load: Loader, name: str, overlays: Sequence[str], _digest: str) -> Pack | None:
    try:
        return load(name, overlays)
    except PackError:
        return None
