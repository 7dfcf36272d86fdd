from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "domain.reports"
    label = "reports"
    verbose_name = "帳票"
