from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "domain.reports"
    label = "reports"
    verbose_name = "帳票"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from domain.reports.models import NoticeWording

        auditlog.register(NoticeWording, exclude_fields=["proposed_at", "approved_at"])
