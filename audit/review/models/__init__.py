"""What the watch's loop keeps: alerts with their steps, incidents, reminders, and the monthly reviews."""

from audit.review.models.alerts import OFFICE, Alert, AlertStep, Reminder
from audit.review.models.incidents import Incident, IncidentReminder, IncidentStep
from audit.review.models.months import MonthlyReview

__all__ = ["OFFICE", "Alert", "AlertStep", "Incident", "IncidentReminder", "IncidentStep", "MonthlyReview", "Reminder"]
