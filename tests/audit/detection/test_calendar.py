"""The calendar: pure, half-open, in Japanese time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.detection.calendar import TOKYO, Hours, Notice, after_working_days, day_off_name, is_inside, is_working_day

HOURS = Hours()
DAYS = st.dates(date(2019, 1, 1), date(2040, 12, 31))
MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2040, 12, 31), timezones=st.just(TOKYO))  # noqa: DTZ001
OFFSETS = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2019-04-30", "国民の休日"),
        ("2019-05-01", "天皇の即位の日"),
        ("2019-05-02", "国民の休日"),
        ("2020-07-24", "スポーツの日"),
        ("2021-08-09", "山の日 振替休日"),
        ("2026-09-22", "国民の休日"),
        ("2026-11-03", "文化の日"),
        ("2026-12-29", "年末年始"),
        ("2027-01-01", "元日"),
        ("2027-01-03", "年末年始"),
        ("2026-11-21", "土曜日"),
        ("2026-11-22", "日曜日"),
        ("2026-12-28", ""),
        ("2027-01-04", ""),
        ("2020-10-12", ""),  # moved to July that year
    ],
)
def test_days_off_across_reigns_and_moved_holidays(day: str, name: str) -> None:
    assert day_off_name(date.fromisoformat(day), HOURS) == name


def test_the_prefectures_own_day_off_counts() -> None:
    day = date(2026, 10, 1)
    assert is_working_day(day, HOURS)
    assert day_off_name(day, Hours(days_off={day: "開庁記念日"})) == "開庁記念日"
    assert not is_inside(tokyo("2026-10-01T10:00"), Hours(days_off={day: "開庁記念日"}), ())


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2026-11-20T06:59:59.999999", False),
        ("2026-11-20T07:00:00", True),
        ("2026-11-20T20:59:59.999999", True),
        ("2026-11-20T21:00:00", False),
        ("2026-11-20T23:41:00", False),
        ("2026-11-20T00:00:00", False),
        ("2026-11-21T10:00:00", False),
        ("2026-11-03T10:00:00", False),
    ],
)
def test_hours_are_half_open(moment: str, inside: bool) -> None:
    assert is_inside(tokyo(moment), HOURS, ()) is inside


def test_an_end_at_midnight_is_the_end_of_the_day() -> None:
    late = Hours(time(7), time(0))
    assert is_inside(tokyo("2026-11-20T23:59:59.999999"), late, ())
    assert not is_inside(tokyo("2026-11-21T00:00:00"), late, ())
    assert late.words == "平日7:00〜24:00"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        is_inside(datetime(2026, 11, 20, 10), HOURS, ())  # noqa: DTZ001


@given(MOMENTS, OFFSETS)
def test_the_same_moment_told_in_another_zone_is_judged_the_same(moment: datetime, zone: timezone) -> None:
    told = moment.astimezone(zone)
    assert is_inside(told, HOURS, ()) is is_inside(moment, HOURS, ())
    assert is_inside(moment.astimezone(UTC), HOURS, ()) is is_inside(moment, HOURS, ())


@given(DAYS)
def test_around_midnight_nothing_is_ever_inside_the_usual_hours(day: date) -> None:
    midnight = datetime.combine(day, time(0), TOKYO)
    for step in (timedelta(microseconds=-1), timedelta(0), timedelta(microseconds=1)):
        assert not is_inside(midnight + step, HOURS, ())


@given(DAYS, st.times())
def test_a_day_off_is_outside_at_any_time_and_a_working_day_by_its_hours_alone(day: date, clock: time) -> None:
    inside = is_inside(datetime.combine(day, clock, TOKYO), HOURS, ())
    assert inside is (is_working_day(day, HOURS) and time(7) <= clock < time(21))


@given(
    MOMENTS,
    st.timedeltas(timedelta(microseconds=1), timedelta(days=31)),
    st.timedeltas(timedelta(0), timedelta(days=40)),
)
def test_a_notice_opens_exactly_its_own_time(start: datetime, length: timedelta, later: timedelta) -> None:
    notice = Notice(start.astimezone(UTC), start.astimezone(UTC) + length)
    moment = start.astimezone(UTC) + later
    expected = is_inside(moment, HOURS, ()) or later < length
    assert is_inside(moment, HOURS, [notice]) is expected
    assert is_inside(notice.ends_at, HOURS, [notice]) is is_inside(notice.ends_at, HOURS, ())


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-20T23:41", 1, "2026-11-25T07:00"),  # Friday night; Monday is 勤労感謝の日
        ("2026-11-19T10:15", 1, "2026-11-20T10:15"),
        ("2026-11-19T06:00", 1, "2026-11-20T07:00"),
        ("2026-11-19T10:15", 2, "2026-11-24T10:15"),
        ("2026-12-28T10:00", 1, "2027-01-04T10:00"),
    ],
)
def test_terms_count_working_days(start: str, days: int, end: str) -> None:
    assert after_working_days(tokyo(start), days, HOURS) == tokyo(end)


@given(MOMENTS, st.integers(1, 5))
def test_a_term_ends_open_on_a_working_day_and_later(moment: datetime, days: int) -> None:
    end = after_working_days(moment, days, HOURS)
    assert is_inside(end, HOURS, ())
    between = [moment.date() + timedelta(days=n) for n in range(1, (end.date() - moment.date()).days + 1)]
    assert days <= sum(is_working_day(day, HOURS) for day in between) <= days + 1
