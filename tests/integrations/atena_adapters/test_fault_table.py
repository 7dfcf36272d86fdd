"""The table of faults, walked: what must be seen is seen and nothing else, and a resume ends as if nothing had been."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from integrations.atena_adapters.dialects.factory import build_dialect
from integrations.atena_adapters.errors import AnswerUnreadable
from integrations.atena_adapters.fields import Message
from integrations.atena_adapters.registry import preset
from integrations.atena_adapters.simulator.faults import Fault
from tests.integrations.atena_adapters.fault_table import FAULTY, LINKS, TABLE, Expected, rendered
from tests.integrations.atena_adapters.fault_walk import Walked, of_link, undisturbed, walk
from tests.integrations.atena_adapters.simulator.played import Played, played
from tests.integrations.atena_adapters.support import PEOPLE, Seed

DOCUMENT = Path(__file__).parents[3] / "docs" / "adapters.md"
PLACED = {"stranger", "doubled", "conflict"}
TOLD = PLACED | {"malformed", "gaiji", "bom", "newlines"}
"""Words about what stands in an answer: the bytes that were kept have to tell them again."""


def test_every_fault_stands_on_every_link() -> None:
    assert set(TABLE) == set(Fault)
    assert all(set(cells) == set(LINKS) for cells in TABLE.values())


@pytest.mark.parametrize("letter", sorted(LINKS))
def test_what_has_to_come_of_each_fault_comes(
    letter: str, seed: Seed, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    name = LINKS[letter]
    server = request.getfixturevalue("postgres") if name == "database" else None
    wrong: list[str] = []
    with played(of_link(preset(name)), seed, tmp_path / "link", "--stall", "1.6", server=server) as link:
        link.registered(1, 2, 12)
        sound = undisturbed(link)
        for fault, cells in TABLE.items():
            expected = cells[letter]
            if isinstance(expected, Expected):
                found = walk(link, fault.value, sound)
                wrong += [f"{fault.value}: {text}" for text in (*_wrong(fault, expected, found), *_lost(link, found))]
                assert dict(found.resumed) == dict(sound), fault
        kept = [data for direction, _, data in link.keeper.kept if direction == "received"]
    assert not wrong
    assert kept


def _wrong(fault: Fault, expected: Expected, found: Walked) -> list[str]:
    """What is not as the table says; of what is told, that it names line and byte and shows no number."""
    passing = set() if fault is Fault.LATE_RECEIPT else {"receipt_missing"}
    seen = (found.seen & FAULTY) - passing
    texts = [] if expected.must <= seen <= expected.must | expected.may else [f"saw {sorted(seen)}"]
    texts += ["did not strike"] if not found.struck else []
    for one in found.malformed:
        place = one.fault
        if place is None or not place.line or not place.item or not place.expected:
            texts.append(f"no place in {one.reason}")
    texts += [f"no place in {one.message}" for one in found.problems if one.code.value in PLACED and not one.line]
    # a shape shows every digit as 9
    told = " ".join([*(one.message for one in found.problems), *(repr(one) for one in found.malformed)])
    if any(set(run) != {"9"} for run in re.findall(r"\d{8,}", told)) or any(person.name in told for person in PEOPLE):
        texts.append("shows a number or a name")
    return texts


def _lost(link: Played, found: Walked) -> list[str]:
    """Deliveries that were refused and whose bytes are not among what was kept."""
    digests = {hashlib.sha256(data).hexdigest() for _, data in found.kept}
    texts = [f"package {digest[:8]} is not kept" for digest in found.refused - digests]
    texts += [f"what was {word} is not kept" for word in sorted((found.seen & TOLD) - found.reread)]
    if "unreadable" in found.seen and not any(_refused(link, name, data) for name, data in found.kept):
        texts.append("the unreadable delivery is not kept")
    return texts


def _refused(link: Played, name: str, data: bytes) -> bool:
    """Whether these bytes are refused as a whole: by their layout, or as the first part of what came whole later."""
    if "-damaged-" in name:
        return any(whole.startswith(data) and whole != data for whole in _came_whole(link, name))
    try:
        build_dialect(link.config.dialect).decode(Message.INQUIRY_ANSWER, data)
    except AnswerUnreadable:
        return True
    return False


def _came_whole(link: Played, name: str) -> list[bytes]:
    batch = name.split("-damaged-")[0]
    return [data for _, kept, data in link.keeper.kept if kept.startswith(f"{batch}-answer")]


def test_the_document_shows_the_table() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert "\n".join(rendered()) in text, "docs/adapters.md should hold:\n" + "\n".join(rendered())
