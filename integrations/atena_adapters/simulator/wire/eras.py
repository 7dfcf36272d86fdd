"""Days and years with eras (元号).  A day that is known in part has `00` in the unknown places."""

from __future__ import annotations

import re
from datetime import date

from integrations.atena_adapters.simulator.wire.errors import BadValue

# First day of each era, its digit, its letter, its name.
_ERAS = (
    ("1868-01-25", 1, "M", "明治"),
    ("1912-07-30", 2, "T", "大正"),
    ("1926-12-25", 3, "S", "昭和"),
    ("1989-01-08", 4, "H", "平成"),
    ("2019-05-01", 5, "R", "令和"),
)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DAYS = {
    "YYYY-MM-DD": r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
    "YYYYMMDD": r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
    "YYYY/MM/DD": r"(?P<y>\d{4})/(?P<m>\d\d)/(?P<d>\d\d)",
    "GYYMMDD": r"(?P<e>\d)(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)",
    "AYYMMDD": r"(?P<e>[MTSHR])(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)",
    "GYY/MM/DD": r"(?P<e>\d)(?P<y>\d\d)/(?P<m>\d\d)/(?P<d>\d\d)",
    "AYY/MM/DD": r"(?P<e>[MTSHR])(?P<y>\d\d)/(?P<m>\d\d)/(?P<d>\d\d)",
    "AYY.MM.DD": r"(?P<e>[MTSHR])(?P<y>\d\d)\.(?P<m>\d\d)\.(?P<d>\d\d)",
    "YYMMDD": r"(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)",
    "YY/MM/DD": r"(?P<y>\d\d)/(?P<m>\d\d)/(?P<d>\d\d)",
    "元YY年MM月DD日": r"(?P<e>明治|大正|昭和|平成|令和)(?P<y>\d\d)年(?P<m>\d\d)月(?P<d>\d\d)日",
}
_YEARS = {
    "YYYY": r"(?P<y>\d{4})",
    "GYY": r"(?P<e>\d)(?P<y>\d\d)",
    "AYY": r"(?P<e>[MTSHR])(?P<y>\d\d)",
    "YY": r"(?P<y>\d\d)",
}
_DAY_PATTERNS = {form: re.compile(pattern) for form, pattern in _DAYS.items()}
_YEAR_PATTERNS = {form: re.compile(pattern) for form, pattern in _YEARS.items()}


def write_day(iso: str, form: str) -> str:
    """An ISO day in the form agreed on; text that is no day goes as it is."""
    found = _ISO.fullmatch(iso)
    if found is None:
        return iso
    if form.startswith("YYYY"):
        return form.replace("YYYY", found[1]).replace("MM", found[2]).replace("DD", found[3])
    start, digit, letter, name = _era_of(iso)
    year = f"{int(found[1]) - int(start[:4]) + 1:02d}"
    text = form.replace("元", name).replace("YY", year).replace("MM", found[2]).replace("DD", found[3])
    return text.replace("G", str(digit), 1) if form.startswith("G") else text.replace("A", letter, 1)


def write_year(year: str, form: str) -> str:
    """A fiscal or tax year (it begins on 1 April) in the form agreed on."""
    if form == "YYYY" or not year.isdigit():
        return year
    start, digit, letter, _ = _era_of(f"{year}-05-01" if year == "2019" else f"{year}-04-01")
    number = f"{int(year) - int(start[:4]) + 1:02d}"
    return {"GYY": f"{digit}{number}", "AYY": f"{letter}{number}", "YY": number}[form]


def read_day(text: str, form: str, context_year: int) -> str:
    """A day in ISO; unknown parts stay `00`.  Raises `BadValue`."""
    found = _DAY_PATTERNS[form].fullmatch(text)
    if found is None:
        raise BadValue("日付の形が違います。")
    parts = found.groupdict()
    iso = f"{_year(parts, context_year):04d}-{parts['m']}-{parts['d']}"
    if "00" in (parts["m"], parts["d"]):
        if parts["m"] > "12" or parts["d"] > "31":
            raise BadValue("暦にない日付です。")
        return iso
    try:
        date.fromisoformat(iso)
    except ValueError:
        raise BadValue("暦にない日付です。") from None
    if parts.get("e") and not _within(parts["e"], iso):
        raise BadValue("元号の期間にない日付です。")
    return iso


def read_year(text: str, form: str, context_year: int) -> str:
    """A year of four digits.  Raises `BadValue`."""
    found = _YEAR_PATTERNS[form].fullmatch(text)
    if found is None:
        raise BadValue("年度の形が違います。")
    return str(_year(found.groupdict(), context_year))


def _year(parts: dict[str, str], context_year: int) -> int:
    mark = parts.get("e")
    if mark:
        era = next((era for era in _ERAS if mark in (str(era[1]), era[2], era[3])), None)
        if era is None:
            raise BadValue("知らない元号です。")
        return int(era[0][:4]) + int(parts["y"]) - 1
    number = int(parts["y"])
    if len(parts["y"]) > len("YY"):
        return number
    fitting = [year for era in _ERAS if context_year - 30 < (year := int(era[0][:4]) + number - 1) <= context_year]
    if not fitting:
        raise BadValue("元号のない年を読めません。")
    return max(fitting)


def _era_of(iso: str) -> tuple[str, int, str, str]:
    fitting = [era for era in _ERAS if era[0] <= iso or era[0][:7] < iso[:7]]
    if not fitting:
        raise BadValue("明治より前の日付です。")
    return fitting[-1]


def _within(mark: str, iso: str) -> bool:
    place = next(at for at, era in enumerate(_ERAS) if mark in (str(era[1]), era[2], era[3]))
    after = _ERAS[place + 1][0] if place + 1 < len(_ERAS) else "9999"
    return _ERAS[place][0] <= iso < after
