"""How figures and days look on every page and form."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from web.dates import to_wareki

NOTHING = "–"
"""Shown where there is no value; 0 is a value and is shown as 0."""

_CATEGORIES = {"1": "Ⅰ", "2": "Ⅱ", "3": "Ⅲ", "I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ", "Ⅰ": "Ⅰ", "Ⅱ": "Ⅱ", "Ⅲ": "Ⅲ"}

_COUNTED = {"ファイル": "個", "部数": "部", "ページ": "ページ", "〓": "か所"}


def format_yen(amount: int | None) -> str:
    """1,200; the unit stands in the column head. Raises TypeError for anything but whole yen."""
    return NOTHING if amount is None else f"{_whole(amount):,}"


def format_signed_yen(difference: int | None) -> str:
    """＋1,200 / －1,200 / 0, for difference columns."""
    if difference is None:
        return NOTHING
    sign = "＋" if _whole(difference) > 0 else "－" if difference < 0 else ""
    return f"{sign}{abs(difference):,}"


def format_category(category: object) -> str:
    """支弁区分 as Ⅰ, Ⅱ or Ⅲ. Raises ValueError for anything else: a category is never guessed."""
    if category is None or category == "":
        return NOTHING
    key = str(getattr(category, "value", category))
    if key not in _CATEGORIES:
        raise ValueError(f"支弁区分ではありません: {key!r}")
    return _CATEGORIES[key]


def format_postal_code(code: str) -> str:
    """〒630-8501 whether it is kept with or without its hyphen; "" where there is none, other text as it is."""
    digits = code.replace("-", "").replace("〒", "").strip()
    if len(digits) == 7 and digits.isascii() and digits.isdigit():
        return f"〒{digits[:3]}-{digits[3:]}"
    return code


def mask_account(number: str) -> str:
    """口座番号 with its last three digits alone: ＊＊＊＊321."""
    return "＊" * (len(number) - 3) + number[-3:]


def format_grade(grade: str) -> str:
    """級地区分: 1級地-2 (kept as 1-2); other text as it is."""
    level, _, part = grade.partition("-")
    return f"{level}級地-{part}" if level.isdigit() and part.isdigit() else grade


def format_winter_zone(zone: int | None) -> str:
    """地区区分 of the winter addition: Ⅰ区 to Ⅵ区."""
    return f"{'ⅠⅡⅢⅣⅤⅥ'[zone - 1]}区" if zone and 1 <= zone <= 6 else NOTHING


def count_unit(name: str) -> str:
    """What the counter of a job counts: 3個, 120部, 240ページ; everything else is 件."""
    return _COUNTED.get(name, "件")


def local_day(moment: date | datetime) -> date:
    """The day in Japan of a moment, or the day itself."""
    if isinstance(moment, datetime):
        return (timezone.localtime(moment) if timezone.is_aware(moment) else moment).date()
    return moment


def format_moment(moment: datetime) -> str:
    """令和8年4月1日 9時05分, in local time."""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return f"{to_wareki(local.date())} {local.hour}時{local.minute:02}分"


def format_second(moment: datetime) -> str:
    """令和8年4月1日 9時05分07秒: where a record is named by its second."""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return f"{format_moment(moment)}{local.second:02}秒"


def format_until(end: datetime) -> str:
    """The end of a period as people say it: 令和8年12月31日まで for the midnight after that day, else the moment and まで."""
    local = timezone.localtime(end) if timezone.is_aware(end) else end
    if local.time() == time.min:
        return f"{to_wareki(local.date() - timedelta(days=1))}まで"
    return f"{format_moment(end)}まで"


def _whole(amount: int) -> int:
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise TypeError(f"金額は整数の円で渡してください（{type(amount).__name__}）")
    return amount
