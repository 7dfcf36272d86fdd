"""The access trail (アクセス記録) as a Django application."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """Outbox in every schema; the trail itself lives in its own database."""

    name = "audit.trail"
    label = "trail"
    verbose_name = "アクセス記録"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit.trail.changes import name_actors

        name_actors()
