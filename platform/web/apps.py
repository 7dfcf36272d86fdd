"""The design system as a Django app: templates, tags and static files; no models."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"
    verbose_name = "画面"
