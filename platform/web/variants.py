"""Variant forms of kanji met in names (異体字・旧字体), folded to one form for match keys only.

Our own small table: the forms that came up in the field's papers plus the old forms of common name characters. It never
touches a stored name. Where it makes different characters equal (斎 and 斉, `look_alikes`) a match is a candidate, no proof.
"""

_FORMS = {
    "高": "髙",
    "崎": "\ufa11嵜碕",
    "辺": "邊邉",
    "吉": "𠮷",
    "斉": "齋齊斎",
    "浜": "濱濵",
    "沢": "澤",
    "島": "嶋嶌",
    "広": "廣",
    "国": "國圀",
    "桜": "櫻",
    "徳": "德",
    "真": "眞",
    "恵": "惠",
    "栄": "榮",
    "瀬": "瀨",
    "竜": "龍",
    "富": "冨",
    "桑": "桒",
    "柳": "栁",
    "静": "靜",
    "円": "圓",
    "関": "關",
    "条": "條",
    "黒": "黑",
    "船": "舩",
    "桧": "檜",
    "曽": "曾",
    "寿": "壽",
    "実": "實",
    "礼": "禮",
    "滝": "瀧",
    "蔵": "藏",
    "豊": "豐",
    "土": "𡈽",
    "館": "舘",
    "薮": "藪籔",
    "淵": "渕渊",
    "鉄": "鐵",
    "亀": "龜",
    "与": "與",
    "万": "萬",
    "弥": "彌",
    "渋": "澁澀",
    "戸": "戶",
    "内": "內",
}

_UNLIKE = str.maketrans({"齋": "斎", "齊": "斉"})
"""斎 and 斉 are two characters, each with an old form, that are searched for as one but name different families."""


def look_alikes(text: str) -> str:
    """The characters of a name that folding makes equal though they are not: equal names have these equal too."""
    return "".join(character for character in text.translate(_UNLIKE) if character in "斎斉")


FOLDED_FORM = str.maketrans({variant: form for form, variants in _FORMS.items() for variant in variants})
"""Translation table: variant → the form used in match keys."""
