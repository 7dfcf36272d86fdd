"""Both readers under thousands of spoiled inputs: an answer or a refusal in Japanese, never a crash.

Seeded and deterministic; 12,000 inputs for each reader in a few seconds.
"""

from __future__ import annotations

import json
import random
import tomllib
from typing import Any

import pytest

from domain.rules import CaseError, Pack, PackError, assess, canonical, is_intact
from domain.rules.commands.running import BAD_INPUT, DONE, run
from domain.rules.yearpack.files import toml_of
from domain.rules.yearpack.loading import build_pack
from domain.rules.yearpack.parsing.layer import FolderContent
from tests.domain.rules.building import household, member
from tests.domain.rules.spoiling import CASE, OVERLAY, PACK, altered, spoiled

ROUNDS = 4
PER_ROUND = 3_000
JAPANESE = range(0x3040, 0x30FF)


def is_japanese(text: str) -> bool:
    return any(ord(letter) in JAPANESE for letter in text)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_household_crashes_the_reader(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - spoils texts
    codes = []
    for _ in range(PER_ROUND):
        asked = spoiled(CASE, draw) if draw.random() < 1 / 2 else json.dumps(altered(json.loads(CASE), draw))
        code, text = run(["assess"], asked)
        codes.append(code)
        if code == DONE:
            assert all(
                "receipt" in json.loads(line) for line in ([text] if text.startswith("{\n") else text.split("\n"))
            )
        else:
            assert text.startswith("RULES-")
            assert is_japanese(text)
            text.encode("utf-8", "backslashreplace")
    assert codes.count(DONE) > PER_ROUND // 20
    assert codes.count(BAD_INPUT) > PER_ROUND // 2


def loaded(base: str, board: str) -> Pack:
    """Base and overlay read as their files would be."""
    texts = {"base": base, "board": board}
    raws = {name: _content(name, text.encode("utf-8", "surrogatepass")) for name, text in texts.items()}
    return build_pack("base", raws)


def _content(name: str, data: bytes) -> dict[str, object]:
    content = toml_of(data, name, "pack.toml")
    return FolderContent(content, dict.fromkeys(content, "pack.toml"))


SOUND: dict[str, Any] = {"base": tomllib.loads(PACK), "board": tomllib.loads(OVERLAY)}
HOME = household(member("a", 40, guardian=True), member("b", 9, special_needs=True), single_parent=True)


def test_the_pack_that_is_spoiled_is_sound() -> None:
    found = assess(loaded(PACK, OVERLAY), HOME).require()
    assert found.monthly_need == 410 + 500  # 1,400 × 0.87 / 3 → 410; 1,200 × 5 / 12 = 500 is higher than 母子 100


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_pack_crashes_the_reader(seed: int) -> None:
    draw = random.Random(1000 + seed)  # noqa: S311 - spoils texts
    good = 0
    for number in range(PER_ROUND):
        texts = (PACK, spoiled(OVERLAY, draw)) if number % 5 == 0 else (spoiled(PACK, draw), OVERLAY)
        in_data = number % 2 == 0
        faults: tuple[str, ...] = ()
        told = False
        try:
            _used(build_pack("base", altered(SOUND, draw)) if in_data else loaded(*texts))
            good += 1
        except PackError as error:
            faults = error.faults
            told = is_japanese(error.message)
        assert not faults or told
    assert PER_ROUND // 100 < good < PER_ROUND


def _used(pack: Pack) -> None:
    """Whatever loads can be computed with."""
    try:
        receipt = assess(pack, HOME).receipt()
    except CaseError:
        return
    assert is_intact(receipt)
    canonical(receipt)
