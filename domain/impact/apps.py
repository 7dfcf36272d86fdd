from django.apps import AppConfig


class ImpactConfig(AppConfig):
    name = "domain.impact"
    label = "impact"
    verbose_name = "影響試算"
