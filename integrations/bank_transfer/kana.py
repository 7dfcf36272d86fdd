"""Text in the half-width characters a transfer file may carry.

The set is the customary one of 全銀 files: half-width kana with voiced marks (ｦ is written ｵ, small kana large), capitals,
digits, space and `( ) - . , / \\ ｢ ｣`.  Banks differ in the signs they take: confirm with the bank's own sheet.
"""

from __future__ import annotations

import unicodedata

import jaconv

_KANA = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ"
LEGAL = frozenset(_KANA + "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ()-.,/\\｢｣")
_FOLDED = str.maketrans(
    "ｧｨｩｪｫｯｬｭｮｦヮヵヶヰヱ‐‑–—―−－ｰー・･。｡、､￥¥　",
    "ｱｲｳｴｵﾂﾔﾕﾖｵワカケイエ---------....,,\\\\ ",
)


def to_bank_kana(text: str) -> str:
    """Full-width, hiragana and small letters in half-width capitals; what has no counterpart is left to be refused."""
    katakana = jaconv.hira2kata(unicodedata.normalize("NFC", text)).translate(_FOLDED)
    half = jaconv.z2h(katakana, kana=True, ascii=True, digit=True)
    return half.upper().translate(_FOLDED)


def refused_characters(text: str) -> list[str]:
    """The characters that may not stand in a transfer file, each once, in order."""
    return [character for character in dict.fromkeys(text) if character not in LEGAL]
