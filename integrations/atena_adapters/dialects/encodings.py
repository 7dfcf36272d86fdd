"""Codecs by the name that a configuration uses.

Everything here comes with Python.  Host codes (EBCDIC, EBCDIK, JEF, KEIS) are not covered: the prefecture's transfer tool converts
them.  Where one had to be read here, a table-driven codec would be registered with `codecs.register` and its name added to
`Encoding` in `config/dialect.py` (and to `FixedEncoding`, if a digit and a space are one byte in it); nothing else knows encodings.
"""

from __future__ import annotations

from functools import lru_cache

_MEASURES = {"utf-16": "utf-16-le"}  # without the mark at the file's head


def measure(encoding: str) -> str:
    """The codec that tells how many bytes a single value takes."""
    return _MEASURES.get(encoding, encoding)


@lru_cache(maxsize=50_000)
def carries(encoding: str, text: str) -> bool:
    """Whether an encoding can write a text."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def in_network_repertoire(character: str) -> bool:
    """JIS X 0213, the repertoire of 情報提供ネットワークシステム; signs with two code points count in either."""
    return carries("shift_jis_2004", character) or carries("shift_jis_2004", _TWINS.get(character, character))


_TWINS = {"～": "〜", "－": "−", "∥": "‖", "—": "―"}
