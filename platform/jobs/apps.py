"""Long work as leased rows, as a Django application."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Jobs of every scope. Each room's `tasks.py` names its kinds of job when the applications are ready."""

    name = "jobs"
    label = "jobs"
    verbose_name = "処理"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("tasks")
