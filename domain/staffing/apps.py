from django.apps import AppConfig


class StaffingConfig(AppConfig):
    name = "domain.staffing"
    label = "staffing"
    verbose_name = "人事異動"
