from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "domain.handover"
    label = "handover"
    verbose_name = "受渡し"
