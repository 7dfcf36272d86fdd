"""Where the days of the calendar begin in time."""

from datetime import date, datetime, time

from django.utils import timezone


def start_of(day: date) -> datetime:
    """The first moment of a day in Japan, aware. Two of them bound a period half-open."""
    return timezone.make_aware(datetime.combine(day, time.min))
