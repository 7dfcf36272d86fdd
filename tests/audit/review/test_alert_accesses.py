"""An alert's page lists what was opened that day: each record with its reason, or ▲, and the way to the trail."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from audit.detection.calendar import TOKYO
from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.recorder import Subject, record_access
from audit.trail.vocabulary import Event
from tests.audit.review.conftest import World, text_of
from tests.support import records


def home_of(number: str, **values: Any) -> Any:
    """A family nobody has had to do with for years."""
    from domain.households.models import Pupil, StatusPeriod

    home = records.family(number=number, **values)
    Pupil.objects.filter(member__household=home).update(enrolled_on=date(2020, 4, 1))
    StatusPeriod.objects.filter(pupil__member__household=home).update(
        starts_on=date(2020, 4, 1), recorded_at=datetime(2020, 4, 1, tzinfo=TOKYO)
    )
    return home


@pytest.fixture
def homes(office: World) -> list[Any]:
    """Three without any reason, the last of them under 支援措置, and one whose 調書 the clerk works on; opened one after the other."""
    from domain.statements.models import Statement

    found = [home_of(f"H-000{n}", guardian_name=f"架空 親{n}", address_hidden=n == 3) for n in range(1, 5)]
    Statement.objects.create(household=found[3], fiscal_year=records.YEAR, school=records.school("S01"))
    for home in [*found, found[1]]:
        open_record(office, home)
    return found


def open_record(office: World, home: Any) -> None:
    office.clock.now += timedelta(seconds=7)
    with acting_as(Actor(ActorKind.PERSON, str(office.clerk.pk), "見本 事務子", "学校事務担当", "t-1")):
        record_access(Event.READ_HOUSEHOLD_SHOWN, subjects=[Subject("household", str(home.pk))])


def raised(office: World) -> Any:
    from audit.detection.sweeping import sweep
    from audit.review.models import Alert

    sweep(office.clock.now + timedelta(seconds=1))
    return Alert.objects.get(rule="unexplained", username=office.clerk.username)


def rows_of(page: str) -> list[str]:
    return page.split("最初の閲覧 閲覧 （回） ")[1].split("理由は、この画面を開いたとき")[0].split(" 世帯番号 ")[1:]


def test_each_record_stands_with_its_reason_or_without(office: World, homes: list[Any]) -> None:
    alert = raised(office)
    response = office.browser(office.monitor).get(f"/review/alerts/{alert.pk}/")
    page = text_of(response)
    assert alert.sentence.startswith("業務上の理由が記録から見つからない閲覧が1日に3世帯分あった。")
    assert "4件のうち、業務上の理由が記録から見つからないもの（▲）が 3件 あります" in page
    third, second, first, known = rows_of(page)
    assert "H-0003 ▲ 見つからない 支援措置の世帯" in third, "a special record first"
    assert "H-0002 ▲ 見つからない" in second
    assert " 2 " in second, "then what was opened most"
    assert "H-0001 ▲ 見つからない" in first
    assert "H-0004 E1 調書の処理中" in known
    assert "▲" not in known
    assert response.content.decode().count("data-row data-unfinished") == 3
    for home in homes:
        assert home.guardian_name not in page


def test_each_record_leads_to_what_the_person_did_with_it_that_day(office: World, homes: list[Any]) -> None:
    from audit.review.accesses import accesses_of

    opened = accesses_of(raised(office), office.clerk, office.monitor)
    (row,) = [one for one in opened.rows if one.subject.id == str(homes[1].pk)]
    asked = parse_qs(row.trail_url.partition("?")[2])
    assert (asked["actor"], asked["kind"], asked["id"]) == ([str(office.clerk.pk)], ["household"], [row.subject.id])
    led = text_of(office.browser(office.monitor).get(row.trail_url))
    assert led.count("世帯の閲覧") >= 2
    assert "対象: 世帯 世帯番号 H-0002" in led


def test_a_reason_that_came_later_does_not_hide_that_there_was_none(office: World, homes: list[Any]) -> None:
    from domain.statements.models import Statement

    alert = raised(office)
    Statement.objects.create(household=homes[0], fiscal_year=records.YEAR, school=records.school("S01"))
    page = text_of(office.browser(office.monitor).get(f"/review/alerts/{alert.pk}/"))
    assert "世帯番号 H-0001 ▲ 検知のときは見つからない その後: E1 調書の処理中" in page
    assert "（▲）が 3件 あります" in page


def test_looking_at_the_list_is_told_of_each_record(office: World, homes: list[Any]) -> None:
    from audit.trail import reader

    alert = raised(office)
    office.browser(office.monitor).get(f"/review/alerts/{alert.pk}/")
    subject = Subject("household", str(homes[0].pk))
    looks = reader.search(reader.Filters(prefix=Event.READ_ALERT_SHOWN.value, subject=subject))
    assert str(alert.pk) in [event.case for event in looks]


def test_an_alert_without_any_record_says_so(office: World) -> None:
    alert = office.night(office.clerk)
    page = text_of(office.browser(office.monitor).get(f"/review/alerts/{alert.pk}/"))
    assert "この人がこの日に開いた世帯・児童生徒・調書などの記録はありません。" in page
