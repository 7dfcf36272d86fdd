"""Names and an address for a household that does not exist, put together from what the prefecture's own households have.

Were they written here, whoever reads the source could search for them and know each おとりの世帯. So a surname is drawn as often as
the prefecture has it, a parent's and a child's name from two other households, and an address from the same school with other
numbers. The operating system's own chance draws: no key, and nobody who holds one, can tell which came out.

Before there are households to draw from, a list of common names serves (`reserve_names.toml`); with the rosters it is replaced.
"""

from __future__ import annotations

import re
import secrets
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from domain.households.models import Household, Member, Pupil
from web.text import fold_name

BANK = ("bank_code", "bank_name", "branch_code", "branch_name", "account_type")
ENOUGH = 30
"""So many surnames a prefecture must have: of fewer, too many households would bear the one drawn."""

SAMPLE = 300
TRIES = 100
RESERVE = Path(__file__).with_name("reserve_names.toml")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_DIGITS = re.compile(r"\d+")


class Name(NamedTuple):
    """`read` in hiragana."""

    written: str
    read: str


@dataclass(frozen=True, slots=True)
class Family:
    surname: Name
    parent: Name
    child: Name

    def of(self, given: Name) -> Name:
        return Name(f"{self.surname.written} {given.written}", f"{self.surname.read} {given.read}")


def family() -> Family:
    """Of nobody: no member of a household has either name."""
    drawn = _of_the_prefecture()
    surnames, parents, children = drawn if drawn else _reserve()
    while True:
        found = Family(secrets.choice(surnames), secrets.choice(parents), secrets.choice(children))
        names = [fold_name(found.of(given).written) for given in (found.parent, found.child)]
        if not Member.objects.filter(name_key__in=names).exists():
            return found


def is_of_the_reserve(name: str) -> bool:
    """Whether a name is one of the list that nobody of the prefecture bears, though it has enough surnames by now."""
    surnames = [one.written for one in _reserve()[0] if name.startswith(one.written)]
    borne = any(Household.objects.filter(guardian_name__startswith=one).exists() for one in surnames)
    return bool(surnames) and not borne and _of_the_prefecture() is not None


def place_and_facts(near: Sequence[Household]) -> tuple[str, dict[str, Any]]:
    """Its address, and what a household's page shows beside it, drawn from several of these; an address of the list without any.

    Town, 郵便番号, 地区 and 級地 belong together and come from one; telephone and account from others, with numbers that nobody has.
    """
    if not near:
        return _with_other_digits("address", _streets()), {}
    town, called, paid, parent = (secrets.choice(near) for _ in range(4))
    return _with_other_digits("address", town.address), {
        "postal_code": town.postal_code,
        "winter_zone": town.winter_zone,
        "living_cost_grade": town.living_cost_grade,
        "phone": called.phone[:-4] + _with_other_digits("phone", called.phone, last=4) if called.phone else "",
        "single_parent": parent.single_parent,
        **{name: getattr(paid, name) for name in BANK},
        "account_number": _with_other_digits("account_number", paid.account_number),
    }


def _with_other_digits(column: str, model: str, last: int = 0) -> str:
    """The text (or its `last` signs) with other numbers, so that no household has it, if it has numbers at all.

    Where households have all of them (of 1丁目 to 9丁目, say), the numbers of an address get a digit more.
    """
    kept, changed = (model[:-last], model[-last:]) if last else ("", model)
    for longer in (0, 1) if column == "address" else (0,):
        for _ in range(TRIES):
            found = _DIGITS.sub(partial(_other_digits, longer=longer), changed)
            if not Household.objects.filter(**{column: kept + found}).exists():
                return found
    return found


def _of_the_prefecture() -> tuple[Sequence[Name], Sequence[Name], Sequence[Name]] | None:
    """Surnames as often as they are borne, names of guardians, names of pupils. None where there are too few."""
    guardians = _parted(Household.objects.order_by("?").values_list("guardian_name", "guardian_kana")[:SAMPLE])
    pupils = _parted(Pupil.objects.order_by("?").values_list("name", "kana")[:SAMPLE])
    surnames = [surname for surname, _ in guardians]
    if len(set(surnames)) < ENOUGH or not pupils:
        return None
    return surnames, [given for _, given in guardians], [given for _, given in pupils]


def _parted(names: Iterable[tuple[str, str]]) -> list[tuple[Name, Name]]:
    """Surname and given name of those that are written, and read, with a space between the two."""
    both = [(written.split(), _hiragana(read).split()) for written, read in names]
    return [
        (Name(written[0], read[0]), Name(written[1], read[1]))
        for written, read in both
        if len(written) == len(read) == 2
    ]


def _hiragana(read: str) -> str:
    return unicodedata.normalize("NFKC", read).translate(_TO_HIRAGANA)


def _other_digits(run: re.Match[str], *, longer: int) -> str:
    """As many and `longer` more, as wide, not beginning with 0."""
    first = ord("０") if ord(run.group()[0]) >= ord("０") else ord("0")
    drawn = [1 + secrets.randbelow(9), *(secrets.randbelow(10) for _ in range(len(run.group()) - 1 + longer))]
    return "".join(chr(first + digit) for digit in drawn)


@cache
def _listed() -> dict[str, str]:
    return tomllib.loads(RESERVE.read_text(encoding="utf-8"))


def _reserve() -> tuple[Sequence[Name], Sequence[Name], Sequence[Name]]:
    surnames, parents, children = (
        [Name(*one.split("/")) for one in _listed()[kind].split()] for kind in ("surnames", "parents", "children")
    )
    return surnames, parents, children


def _streets() -> str:
    return secrets.choice(_listed()["streets"].split())
