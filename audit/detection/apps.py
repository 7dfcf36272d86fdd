from django.apps import AppConfig


class DetectionConfig(AppConfig):
    name = "audit.detection"
    label = "detection"
    verbose_name = "検知"
