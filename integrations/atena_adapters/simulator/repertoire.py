"""Names as the network gives them back: JIS X 0213 only, so that 髙 comes back as 高 and 𠮷 as 吉 (atena.md 4.3)."""

from __future__ import annotations

import re
from functools import lru_cache

_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_FOLDED = {"髙": "高", "𠮷": "吉", "羽": "羽", "～": "〜", "－": "−", "∥": "‖"}
_GETA = "〓"


@lru_cache(maxsize=50_000)
def as_network_returns(text: str) -> str:
    """The text within the network's repertoire; characters without a counterpart come back as 〓."""
    text = _SELECTORS.sub("", text)
    return text if _carried(text) else "".join(_one(character) for character in text)


def _one(character: str) -> str:
    return character if _carried(character) else _FOLDED.get(character, _GETA)


def _carried(text: str) -> bool:
    try:
        text.encode("shift_jis_2004")
    except UnicodeEncodeError:
        return False
    return True
