"""漏えい等事案: what a grave verdict begins, with the two clocks of the report to 個人情報保護委員会."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from audit.review.models.alerts import Alert, Reminder


class Incident(models.Model):
    """One for each alert with a grave verdict. `known_on`: the day of the verdict, the first day of both clocks.

    `is_malicious`: 不正の目的によるおそれ, which gives the final report 60 days instead of 30.
    """

    class State(models.TextChoices):
        OPEN = "open", "対応中"
        PRELIMINARY = "preliminary", "速報済"
        FINAL = "final", "確報済"
        NOT_REPORTED = "not_reported", "報告対象外"

    alert = models.OneToOneField(Alert, models.PROTECT, related_name="incident", verbose_name="警報")
    known_on = models.DateField("知った日")
    is_malicious = models.BooleanField("不正の目的によるおそれ", default=False)
    state = models.CharField("状態", max_length=14, choices=State.choices, default=State.OPEN)
    preliminary_on = models.DateField("速報の日", null=True, blank=True)
    final_on = models.DateField("確報の日", null=True, blank=True)
    created_at = models.DateTimeField("登録日時", auto_now_add=True)

    class Meta:
        verbose_name = "漏えい等事案"
        ordering = ["-known_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("open", "not_reported"))
                | Q(preliminary_on__isnull=False, state="preliminary")
                | Q(preliminary_on__isnull=False, final_on__isnull=False, state="final"),
                name="incident_reports_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.state}"


class IncidentStep(models.Model):
    """One step: who did it and what was written."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="steps", verbose_name="事案")
    from_state = models.CharField("前の状態", max_length=14, choices=Incident.State.choices, blank=True)
    to_state = models.CharField("状態", max_length=14, choices=Incident.State.choices)
    by = models.CharField("操作者", max_length=80)
    text = models.CharField("記載", max_length=1000)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "事案の経過"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.to_state}"


class IncidentReminder(models.Model):
    """督促 of an incident: who was told that the day of a report nears or has passed. Once for each day.

    `due_on`: the last day of the report; `to` holds 職員ID, in order. A notice on their home page until the report is made.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="reminders", verbose_name="事案")
    kind = models.CharField("種別", max_length=10, choices=Reminder.Kind.choices)
    due_on = models.DateField("期限の日")
    to = models.JSONField("知らせた人", default=list)
    at = models.DateTimeField("日時", auto_now_add=True)

    class Meta:
        verbose_name = "事案の督促"
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["incident", "kind", "due_on"], name="incident_reminder_once")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.kind}"
