"""Before and after of the calendar in words for people (django-auditlog). The trail has its own events of these acts."""

from __future__ import annotations

from auditlog.registry import auditlog

from audit.detection.models import DayOff, OvertimeNotice, ServiceHours


def register_models() -> None:
    auditlog.register(ServiceHours, exclude_fields=["updated_at"])
    auditlog.register(DayOff, exclude_fields=["created_at"])
    auditlog.register(OvertimeNotice, exclude_fields=["created_at"])
