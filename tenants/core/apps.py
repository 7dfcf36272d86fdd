from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "tenants.core"
    label = "core"
    verbose_name = "都道府県"

    def ready(self) -> None:
        from tenants.core import checks, signals

        signals.connect()
        checks.register_all()
