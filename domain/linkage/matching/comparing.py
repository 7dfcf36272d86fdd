"""The three pieces of information (3情報: 氏名・生年月日・住所) of an answer against ours, and the verdict in three bands.

A check digit, a surname and an address cannot see the commonest error, a family member's number on the same form (島根県:
10 of 12 wrong links); the birth date can. So it must be equal to the day, and is looked for among the others of the household.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from domain.linkage.matching.addresses import same_address
from integrations.atena_adapters.port import AnsweredPerson
from web.text import fold_name
from web.variants import look_alikes

SWAPPED = "世帯内での番号の取り違えの疑い"
GETA = "〓"


class Verdict(StrEnum):
    """All three equal (taken); name or address alone differs (a person looks at it); another birth date, or both (never taken)."""

    MATCHED = "matched"
    REVIEW = "review"
    MISMATCH = "mismatch"


class Item(StrEnum):
    """The value is also the Japanese title."""

    NAME = "氏名"
    KANA = "カナ氏名"
    BORN = "生年月日"
    ADDRESS = "住所"


@dataclass(frozen=True, slots=True)
class Ours:
    """Our record of a member. `addresses`: those under which the asked municipality may know the household."""

    key: str
    name: str
    kana: str
    born: date
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One item that is not equal: both texts as they stand. An empty `answer` means that it was not answered."""

    item: Item
    ours: str
    answer: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`swapped_with`: the 構成員番号 of the other member whose answer this seems to be."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    swapped_with: str = ""


def compare(ours: Ours, answer: AnsweredPerson, others: Sequence[Ours] = ()) -> Comparison:
    """The verdict on one answer. `others`: the other members of the household, to recognise a swap."""
    findings = tuple(_findings(ours, answer))
    if not findings:
        return Comparison(Verdict.MATCHED)
    different = {Item.NAME if finding.item is Item.KANA else finding.item for finding in findings}
    verdict = Verdict.REVIEW if len(different) == 1 and Item.BORN not in different else Verdict.MISMATCH
    other = _swapped_with(ours, answer, others) if different & {Item.NAME, Item.BORN} else ""
    words = "、".join(dict.fromkeys(_words(finding) for finding in findings))
    return Comparison(verdict, findings, f"{SWAPPED}（{words}）" if other else words, other)


def _findings(ours: Ours, answer: AnsweredPerson) -> Iterator[Finding]:
    kana_equal = _same_name(ours.kana, answer.kana)
    if not _same_name(ours.name, answer.name) and not (kana_equal and answer.kana and _masked(ours.name, answer.name)):
        yield Finding(Item.NAME, ours.name, answer.name)
    if not kana_equal and ours.kana and answer.kana:
        yield Finding(Item.KANA, ours.kana, answer.kana)
    if answer.born != ours.born:
        yield Finding(Item.BORN, ours.born.isoformat(), answer.born.isoformat() if answer.born else answer.born_text)
    if not any(same_address(address, answer.address) for address in ours.addresses):
        yield Finding(Item.ADDRESS, ours.addresses[0] if ours.addresses else "", answer.address)


def _swapped_with(ours: Ours, answer: AnsweredPerson, others: Sequence[Ours]) -> str:
    """Another member with the answered birth date; of several (twins) the one with the answered name."""
    born_alike = [other for other in others if other.key != ours.key and other.born == answer.born]
    named_alike = [other for other in born_alike if _same_name(other.name, answer.name)]
    if named_alike:
        return named_alike[0].key
    return born_alike[0].key if born_alike and answer.born != ours.born else ""


def _words(finding: Finding) -> str:
    return f"{finding.item.value}が{'違います' if finding.answer else '回答にありません'}"


def _same_name(one: str, other: str) -> bool:
    return bool(one) and (one == other or (_folded(one) == _folded(other) and look_alikes(one) == look_alikes(other)))


@lru_cache(maxsize=65_536)
def _folded(text: str) -> str:
    return fold_name(text)


def _masked(ours: str, answer: str) -> bool:
    """Whether the names are equal but for characters that the other side could not write (〓 for exactly one)."""
    folded = _folded(answer)
    if GETA not in folded:
        return False
    return re.fullmatch(re.escape(folded).replace(re.escape(GETA), "."), _folded(ours)) is not None
