"""突合 without a database: answers against our records, as they come back (other characters, other spelling of the address)."""

from __future__ import annotations

import random
from datetime import date, timedelta

from domain.linkage.matching import Ours, compare, comparing
from domain.linkage.matching import addresses as matching_addresses
from integrations.atena_adapters.port import AnsweredPerson
from ops.bench.measures import Section, timed

PEOPLE = 20_000
GOAL_SECONDS = 1.0
_FIRST = date(1950, 1, 1)
_WRONG_EVERY = 20
"""One in so many answers has another birth date."""


def measure_matching(*, repetitions: int) -> Section:
    """20,000 fictitious people, each seen for the first time: what was folded before is forgotten in every repetition."""
    pairs = _pairs()

    def all_answers() -> None:
        matching_addresses.address_key.cache_clear()
        comparing._folded.cache_clear()
        for ours, answer in pairs:
            compare(ours, answer)

    return Section("Matching", (timed(f"{PEOPLE:,} answers matched", all_answers, repetitions, GOAL_SECONDS),))


def _pairs() -> list[tuple[Ours, AnsweredPerson]]:
    chance = random.Random(29)  # noqa: S311 - sample data
    pairs = []
    for number in range(PEOPLE):
        given = "".join(chr(0x4E00 + chance.randrange(3_000)) for _ in range(2))
        kana = "サンプル　" + "".join(chance.choice("アイウエオカキクケコ") for _ in range(4))
        born = _FIRST + timedelta(days=chance.randrange(25_000))
        town, block, house = number % 9 + 1, number % 97 + 1, number % 31 + 1
        ours = Ours("01", f"髙橋　{given}", kana, born, (f"奈良県奈良市サンプル町{town}丁目{block}番{house}号",))
        answered = born if number % _WRONG_EVERY else born + timedelta(days=1)
        address = f"奈良市サンプル町{town}-{block}-{house}"
        pairs.append((ours, AnsweredPerson(name=f"高橋{given}", kana=kana, born=answered, address=address)))
    return pairs
