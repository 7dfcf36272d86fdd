"""The watch: rules that look at log-ins and accesses."""

from django.apps import AppConfig


class DetectionConfig(AppConfig):
    name = "audit.detection"
    label = "detection"
    verbose_name = "検知"

    def ready(self) -> None:
        from accounts.hooks import on_login, on_reveal
        from audit.detection import history, watch

        history.register_models()
        on_login(watch.login_seen)
        on_reveal(watch.reveal_seen)
