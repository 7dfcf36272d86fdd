"""Text that people type or paste: digits, amounts, match keys of names, and a guard against misplaced 個人番号.

No Django import. Stored names are never normalised here: NFC already destroys U+FA19 (a form of 神) and the other
compatibility kanji, so every function that folds returns a *key* or a number, not a name to keep.
"""

import re
import unicodedata
from typing import ClassVar

from web.variants import FOLDED_FORM

MAX_YEN_DIGITS = 11
"""Enough for a prefecture's yearly total; one more digit has the length of a 個人番号."""

_HYPHENS = "‐‑‒–—―−－-‑"
_POINTS = "・･·•‧.．/／_＿:："
_LONG_MARKS = "ー～〜ｰ~"
_VOICED_MARKS = str.maketrans({"゛": "\u3099", "゜": "\u309a", "ﾞ": "\u3099", "ﾟ": "\u309a"})
_SMALL_KANA = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_V_ROW = (("ヴァ", "バ"), ("ヴィ", "ビ"), ("ヴェ", "ベ"), ("ヴォ", "ボ"), ("ヴ", "ブ"))
_IGNORED = re.compile(rf"[\s{re.escape(_HYPHENS + _LONG_MARKS)}・･'’.,\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_YEN = re.compile(r"(?P<sign>[-+△▲]?)[¥\\]?(?P<figure>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)円?")

_ASCII_SPACES = {code: " " for code in range(128) if chr(code).isspace()}
_NUMBER_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_NUMBER_SHAPE = re.compile(
    r"(?<![0-9])(?=(?P<number>[0-9]{4}(?P<gap>[ -]?)[0-9]{4}(?P=gap)[0-9]{4})(?![0-9]))"
)  # looks ahead: four digits before a number must not take its first two groups with them


class YenError(ValueError):
    """An amount that cannot be read as whole yen. What was typed is not repeated: it may be anything."""

    error_id: ClassVar[str] = "web.yen"


def letters_in(text: str) -> int:
    """How many letters and digits there are: what is left without spaces, signs, and what nobody sees."""
    return sum(unicodedata.category(letter)[0] in "LN" for letter in text)


def normalise_digits(text: str) -> str:
    """Full-width digits, letters and signs to ASCII, dashes to "-", outer spaces off: １２３－４ → 123-4.

    Length is kept but for the outer spaces. ー counts as a dash only beside a digit (０７４２ー２２).
    """
    if text.isascii():  # most of a workbook's columns of figures
        return text.translate(_ASCII_SPACES).strip()
    narrow = "".join(_narrow(character) for character in text).strip()
    return re.sub(r"(?<=[0-9])ー|ー(?=[0-9])", "-", narrow)


def parse_yen(text: str) -> int:
    """Whole yen from what people write: 1,200 / １２００円 / ¥1,200 / △500 (minus). Raises YenError."""
    typed = re.sub(r"\s", "", normalise_digits(text))
    if not typed:
        raise YenError("金額を入力してください（例: 1,200）。")
    match = _YEN.fullmatch(typed)
    if match is None:
        raise YenError("金額として読めません。円単位の整数で入力してください（例: 1,200）。")
    figure = match["figure"].replace(",", "")
    if len(figure.lstrip("0")) > MAX_YEN_DIGITS:
        raise YenError(f"金額の桁が多すぎます（{MAX_YEN_DIGITS}桁まで）。桁を確かめてください。")
    return -int(figure) if match["sign"] in {"-", "△", "▲"} else int(figure)


_KM = re.compile(r"(\d{1,4})(?:\.(\d{1,3}))?(?:km)?", re.ASCII | re.IGNORECASE)


def parse_km(text: str) -> int:
    """Metres of what people write as km: 12.3 / １２．３ / 12.3km. Raises ValueError with Japanese words."""
    match = _KM.fullmatch(re.sub(r"\s", "", normalise_digits(text)))
    if match is None:
        raise ValueError("距離として読めません。kmで、小数点以下は3桁までの数字で入力してください（例: 12.3）。")
    return int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0"))


def km_text(metres: int) -> str:
    """12300 → 12.3"""
    return f"{metres // 1000}.{metres % 1000:03}".rstrip("0").rstrip(".")


def fold_name(text: str) -> str:
    """The match key of a name (kanji or kana): two spellings of one name give one key. Never store it as the name.

    Folds width, kana size and script, ヴ row, case, variant kanji; drops spaces, middle dots, hyphens, long marks and
    variation selectors (IVS). Equal keys make a *candidate*; the page shows both texts to a person.
    """
    folded = _fold_once(text)
    while folded != text:
        # Dropping a space can bring a voiced mark beside its kana; the second pass joins them.
        text, folded = folded, _fold_once(folded)
    return folded


_NUMBER_DIGITS = 12


def is_number_like(text: str) -> bool:
    """True for 12 digits with a valid 個人番号 check digit (平成26年総務省令第85号 第5条), spaces and hyphens aside.

    All-same digits are not numbers although 000000000000 passes the arithmetic.
    """
    digits = re.sub(r"[\s-]", "", normalise_digits(text))
    return re.fullmatch(r"[0-9]{12}", digits) is not None and _check_digit_holds(digits)


def digits_like_number(text: str) -> list[tuple[int, int]]:
    """Where in a text something like a 個人番号 stands: (start, end) of each, counted in its characters.

    Finds 12 digits in a row or in groups of four, wide or narrow, in kanji or circled, with points or strokes between, and with
    signs among them that nobody sees; not part of a longer run (法人番号 has 13). The digits themselves are not returned, so that
    a refusal cannot leak them into a message or a log.
    """
    if sum(map(str.isnumeric, text)) < _NUMBER_DIGITS:  # most texts: every event of the trail is looked at
        return []
    seen = [place for place, character in enumerate(text) if character.isascii() or not _is_unseen(character)]
    found = set()
    for read in (_narrow, _spelt):  # one after the other: 第一 before a number is no part of it
        plain = "".join(read(text[place]) for place in seen).replace("ー", "-")
        for match in _NUMBER_SHAPE.finditer(plain):
            if _check_digit_holds(re.sub(r"[^0-9]", "", match["number"])):
                start, end = match.span("number")
                found.add((seen[start], seen[end - 1] + 1))
    return sorted(found)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cf", "Mn", "Me"}


def _spelt(character: str) -> str:
    """As `_narrow`; also kanji and circled digits, and what people put between groups instead of a hyphen."""
    if character in _POINTS:
        return "-"
    value = unicodedata.numeric(character, -1)
    return str(int(value)) if value in range(10) else _narrow(character)


def _narrow(character: str) -> str:
    if character in _HYPHENS:
        return "-"
    if character.isspace():
        return " "
    if "！" <= character <= "～" or character == "￥":
        return unicodedata.normalize("NFKC", character)
    decimal = unicodedata.decimal(character, None)
    return character if decimal is None else str(decimal)


def _fold_once(text: str) -> str:
    key = unicodedata.normalize("NFKC", _IGNORED.sub("", text.translate(_VOICED_MARKS)).translate(FOLDED_FORM))
    key = key.upper().translate(_TO_KATAKANA)
    for written, plain in _V_ROW:
        key = key.replace(written, plain)
    return _IGNORED.sub("", key.translate(_SMALL_KANA).translate(FOLDED_FORM))


def _check_digit_holds(digits: str) -> bool:
    if len(set(digits)) == 1:
        return False
    remainder = sum(int(digit) * weight for digit, weight in zip(digits[:11], _NUMBER_WEIGHTS, strict=True)) % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)
