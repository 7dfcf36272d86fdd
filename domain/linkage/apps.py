from django.apps import AppConfig


class LinkageConfig(AppConfig):
    name = "domain.linkage"
    label = "linkage"
    verbose_name = "情報照会"

    def ready(self) -> None:
        from domain.linkage import access_reasons

        access_reasons.register()
