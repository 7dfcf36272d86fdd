"""Decides which lines of a file become numbers of people. Pure: works on ids and blind indexes, never on ciphertext."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from domain.vault.intake.lines import Line
from domain.vault.intake.problems import (
    FORMER_NUMBER,
    GIVEN_TWICE,
    HELD_BY_ANOTHER,
    SHARED_IN_FILE,
    UNKNOWN_MEMBER,
    Problem,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that names a known person."""

    member_id: int
    index: bytes = field(repr=False)
    line: Line = field(repr=False)


@dataclass(slots=True)
class Assignment:
    """`new` and `changed` are to be written; `same` are held already. `conflicts`: member, who has the number, in which way."""

    new: list[Candidate] = field(default_factory=list)
    changed: list[Candidate] = field(default_factory=list)
    same: list[Candidate] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    conflicts: list[tuple[int, int, str]] = field(default_factory=list)


def assign(
    lines: Sequence[tuple[Line, bytes]],
    members: Mapping[tuple[str, str], int],
    held: Mapping[int, bytes],
    holders: Mapping[bytes, int],
    former: Mapping[bytes, int] = MappingProxyType({}),
) -> Assignment:
    """`members`: who may be named; `held`: member → index of the present number; `holders`: index → its member.

    `former`: index → member of numbers that were replaced after a leak; nobody is given one again.

    A number held by somebody else may only move when this same file gives that person another one (two numbers once
    swapped are put right in one go).
    """
    result = Assignment()
    candidates = _not_former(_known(lines, members, result), former, result)
    candidates = _one_number_each(candidates, result)
    candidates = _one_person_each(candidates, result)
    candidates = _free(candidates, holders, result)
    for candidate in candidates:
        present = held.get(candidate.member_id)
        if present is None:
            result.new.append(candidate)
        elif present == candidate.index:
            result.same.append(candidate)
        else:
            result.changed.append(candidate)
    return result


def _known(
    lines: Sequence[tuple[Line, bytes]], members: Mapping[tuple[str, str], int], result: Assignment
) -> list[Candidate]:
    known = []
    for line, index in lines:
        member = members.get(line.person)
        if member is None:
            _refuse([line], UNKNOWN_MEMBER, result)
        else:
            known.append(Candidate(member, index, line))
    return known


def _not_former(candidates: list[Candidate], former: Mapping[bytes, int], result: Assignment) -> list[Candidate]:
    for candidate in candidates:
        if candidate.index in former:
            _refuse([candidate.line], FORMER_NUMBER, result)
            if former[candidate.index] != candidate.member_id:
                result.conflicts.append((candidate.member_id, former[candidate.index], "former"))
    return [candidate for candidate in candidates if candidate.index not in former]


def _one_number_each(candidates: list[Candidate], result: Assignment) -> list[Candidate]:
    """A repeated equal line counts once; two different numbers for one person are both refused."""
    by_member: dict[int, dict[bytes, Candidate]] = defaultdict(dict)
    for candidate in candidates:
        by_member[candidate.member_id].setdefault(candidate.index, candidate)
    return _singles([list(given.values()) for given in by_member.values()], GIVEN_TWICE, result)


def _one_person_each(candidates: list[Candidate], result: Assignment) -> list[Candidate]:
    by_index: dict[bytes, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_index[candidate.index].append(candidate)
    return _singles(by_index.values(), SHARED_IN_FILE, result)


def _singles(groups: Iterable[list[Candidate]], code: str, result: Assignment) -> list[Candidate]:
    kept = []
    for group in groups:
        if len(group) == 1:
            kept += group
        else:
            _refuse([candidate.line for candidate in group], code, result)
            others = [candidate for candidate in group if candidate.member_id != group[0].member_id]
            result.conflicts += [(group[0].member_id, other.member_id, "together") for other in others]
    return kept


def _free(candidates: list[Candidate], holders: Mapping[bytes, int], result: Assignment) -> list[Candidate]:
    """Drop lines whose number somebody keeps, until no further one has to go."""
    while True:
        given = {candidate.member_id: candidate.index for candidate in candidates}
        taken = [candidate for candidate in candidates if _is_kept_by_another(candidate, holders, given)]
        if not taken:
            return candidates
        _refuse([candidate.line for candidate in taken], HELD_BY_ANOTHER, result)
        result.conflicts += [(candidate.member_id, holders[candidate.index], "shared") for candidate in taken]
        refused = {candidate.member_id for candidate in taken}
        candidates = [candidate for candidate in candidates if candidate.member_id not in refused]


def _is_kept_by_another(candidate: Candidate, holders: Mapping[bytes, int], given: Mapping[int, bytes]) -> bool:
    holder = holders.get(candidate.index)
    if holder is None or holder == candidate.member_id:
        return False
    return given.get(holder, candidate.index) == candidate.index


def _refuse(lines: Iterable[Line], code: str, result: Assignment) -> None:
    result.problems += [Problem(code, line.line, line.household_number, line.member_key) for line in lines]
