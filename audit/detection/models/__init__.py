"""What the watch is told, what it learnt, what it could not judge, and what it found."""

from audit.detection.models.access import AccessDay, UnexplainedAccess
from audit.detection.models.calendar import DayOff, OvertimeNotice, ServiceHours, Unevaluated
from audit.detection.models.habits import Habits
from audit.detection.models.loosening import Loosening
from audit.detection.models.nights import NightlyLook
from audit.detection.models.signals import SignalException, SignalSeen, SignalSetting, SweepMark

__all__ = [
    "AccessDay",
    "DayOff",
    "Habits",
    "Loosening",
    "NightlyLook",
    "OvertimeNotice",
    "ServiceHours",
    "SignalException",
    "SignalSeen",
    "SignalSetting",
    "SweepMark",
    "Unevaluated",
    "UnexplainedAccess",
]
