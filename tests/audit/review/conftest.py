"""People of the loop, logged in for real, and an alert raised by a real log-in at night."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import include, path
from django.utils import timezone

from audit.detection.calendar import TOKYO, Hours, is_working_day

urlpatterns = [
    path("", include("accounts.urls")),
    path("trail/", include("audit.review.urls_trail")),
    path("review/", include("audit.review.urls")),
]


class Clock:
    """Time in Japan, where the test puts it; the wall clock until then."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now

    def put(self, text: str) -> datetime:
        self.now = datetime.fromisoformat(text).replace(tzinfo=TOKYO)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


@pytest.fixture
def review_urls(settings: Any) -> Iterator[None]:
    from audit.trail import connections

    settings.ROOT_URLCONF = "tests.audit.review.conftest"
    yield
    connections.close_all()


class World:
    """People by role, with browsers; `night(person)` logs the person in on a Friday at 23:41.

    Without another Friday it is the one before 勤労感謝の日, so that the next working day is Tuesday.
    """

    def __init__(self, clock: Clock, friday: date = date(2026, 11, 20), back: date = date(2026, 11, 24)) -> None:
        from accounts.roles import Role
        from tests.platform.accounts.sign_in import make_person

        self.clock = clock
        self.friday, self.back = friday, back
        clock.put(f"{friday}T10:00")
        self.clerk = make_person("w-clerk", (Role.SCHOOL_CLERK, "S01"), name="見本 事務子")
        self.monitor = make_person("w-monitor", Role.MONITOR, name="見本 監視郎")
        self.manager = make_person("w-manager", Role.SECURITY_MANAGER, name="見本 安全子")

    def browser(self, person: Any) -> Any:
        """Logged in at the moment the clock shows."""
        from tests.platform.accounts.sign_in import client_of, sign_in

        client = client_of("kou.localhost")
        sign_in(client, person)
        return client

    def night(self, person: Any) -> Any:
        """The alert of a real log-in at 23:41; afterwards it is the morning of the next working day."""
        from audit.review.models import Alert

        self.clock.put(f"{self.friday}T23:41")
        self.browser(person)
        self.clock.put(f"{self.back}T09:00")
        return Alert.objects.get(username=person.username)


def coming_friday() -> date:
    """A Friday from today on with working days around it, in the month of the Monday after: the audit database has its month."""
    hours, day = Hours(), timezone.localdate()
    while not (
        day.weekday() == 4
        and (day + timedelta(days=5)).month == day.month
        and all(is_working_day(day + timedelta(days=n), hours) for n in (0, 3, 4, 5))
    ):
        day += timedelta(days=1)
    return day


@pytest.fixture
def hours(in_a: Any) -> None:
    from audit.detection.models import ServiceHours

    ServiceHours.objects.update_or_create(pk=ServiceHours.ONLY, defaults={"opens_at": time(7), "closes_at": time(21)})


@pytest.fixture
def world(hours: None, clock: Clock) -> World:
    return World(clock)


@pytest.fixture
def office(hours: None, clock: Clock, review_urls: None) -> World:
    """As `world`, in days whose events the audit database can take: for pages."""
    friday = coming_friday()
    return World(clock, friday, friday + timedelta(days=3))


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))
