"""和暦: boundaries of the eras, what people type, ages and fiscal years."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.dates import (
    ERAS,
    DateError,
    Validity,
    age_on,
    age_reached_on,
    fiscal_year_label,
    fiscal_year_of,
    fiscal_year_validity,
    parse_japanese_date,
    to_wareki,
    to_wareki_short,
)
from web.eras import SOLAR_CALENDAR_FROM

days = st.dates(min_value=SOLAR_CALENDAR_FROM, max_value=date(2117, 12, 31))


@pytest.mark.parametrize(
    ("day", "wareki"),
    [
        (date(1873, 1, 1), "明治6年1月1日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2026, 4, 1), "令和8年4月1日"),
    ],
)
def test_each_era_starts_and_ends_on_its_day(day: date, wareki: str) -> None:
    assert to_wareki(day) == wareki
    assert parse_japanese_date(wareki) == day


@pytest.mark.parametrize(
    "typed",
    [
        "R6.4.1",
        "r6.4.1",
        "令和6年4月1日",
        "令和６年４月１日",
        "令和 6年 4月 1日",
        "令6.4.1",
        "R06.04.01",
        "R060401",
        "R6/4/1",
        "R6ー4ー1",
        "20240401",
        "2024-04-01",
        "2024/4/1",
        "２０２４／４／１",
        "2024年4月1日",
        "\u32ff6年4月1日",
        "  2024.4.1　",
    ],
)
def test_one_day_in_many_hands(typed: str) -> None:
    assert parse_japanese_date(typed) == date(2024, 4, 1)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("昭和64年1月8日", "平成元年1月8日です"),
        ("平成31年5月1日", "令和元年5月1日です"),
        ("H31.5.1", "令和元年5月1日です"),
        ("令和元年4月30日", "平成31年4月30日です"),
        ("明治45年7月30日", "大正元年7月30日です"),
        ("R6.2.30", "令和6年2月30日という日はありません"),
        ("2023-02-29", "2023年2月29日という日はありません"),
        ("R0.4.1", "元年は1年"),
        ("6.4.1", "元号がありません"),
        ("明治5年1月1日", "入力できません"),
        ("1800-01-01", "入力できません"),
        ("", "入力してください"),
        ("来月", "日付として読めません"),
        ("2024-4/31-1", "日付として読めません"),
    ],
)
def test_what_is_not_a_day_is_refused_with_the_reason(typed: str, says: str) -> None:
    with pytest.raises(DateError, match=says):
        parse_japanese_date(typed)


def test_a_refusal_does_not_repeat_what_was_typed() -> None:
    with pytest.raises(DateError) as refused:
        parse_japanese_date("123456789018")
    assert "123456789018" not in str(refused.value)


@given(days)
def test_written_days_read_back(day: date) -> None:
    for text in (to_wareki(day), to_wareki_short(day), day.isoformat(), f"{day:%Y%m%d}", f"{day:%Y/%m/%d}"):
        assert parse_japanese_date(text) == day


@given(st.text())
def test_any_text_is_a_day_or_a_date_error(text: str) -> None:
    try:
        parsed = parse_japanese_date(text)
    except DateError as error:
        refusal = str(error)
    else:
        refusal = "" if parsed >= SOLAR_CALENDAR_FROM else "read a lunar date"
    assert refusal == "" or refusal.endswith("。")


def test_eras_leave_no_gap_and_no_overlap() -> None:
    for earlier, later in pairwise(ERAS):
        assert earlier.ends_before == later.starts_on


def test_lunar_dates_are_not_converted() -> None:
    with pytest.raises(DateError, match="旧暦"):
        to_wareki(date(1872, 12, 31))


@given(days, days)
def test_a_year_of_age_is_complete_the_day_before_the_birthday(born: date, later: date) -> None:
    day = max(born, later)
    assert age_reached_on(born, day) == age_on(born, day + timedelta(days=1))
    assert age_reached_on(born, day) - age_on(born, day) in {0, 1}


def test_ages_at_the_edges() -> None:
    assert age_on(date(2018, 4, 1), date(2024, 3, 31)) == 5
    assert age_reached_on(date(2018, 4, 1), date(2024, 3, 31)) == 6
    assert age_reached_on(date(2018, 4, 2), date(2024, 3, 31)) == 5
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18
    assert age_reached_on(date(2008, 2, 29), date(2026, 2, 28)) == 18
    with pytest.raises(ValueError, match="生年月日より前"):
        age_on(date(2026, 4, 1), date(2026, 3, 31))


@given(days)
def test_every_day_lies_in_exactly_its_fiscal_year(day: date) -> None:
    year = fiscal_year_of(day)
    assert fiscal_year_validity(year).holds_on(day)
    assert not fiscal_year_validity(year + 1).holds_on(day)
    assert not fiscal_year_validity(year - 1).holds_on(day)


def test_fiscal_year_names() -> None:
    assert fiscal_year_of(date(2027, 3, 31)) == 2026
    assert fiscal_year_label(2026) == "令和8年度"
    assert fiscal_year_label(2019) == "平成31年度"
    assert fiscal_year_validity(2026).last_day == date(2027, 3, 31)


@given(st.lists(days, min_size=3, max_size=3, unique=True))
def test_adjoining_periods_share_no_day(three: list[date]) -> None:
    first, middle, last = sorted(three)
    earlier, later = Validity(first, middle), Validity(middle, last)
    assert not earlier.overlaps(later)
    assert not later.overlaps(earlier)
    assert [earlier.holds_on(middle), later.holds_on(middle)] == [False, True]
    assert earlier.overlaps(Validity(first))
    assert Validity(first).last_day is None


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(ValueError, match="終わりの日"):
        Validity(date(2026, 4, 1), date(2026, 4, 1))
