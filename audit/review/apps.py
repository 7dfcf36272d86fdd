"""The loop that ends with a human answer: alerts, their states, and the pages of the monitor."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "audit.review"
    label = "review"
    verbose_name = "監視"
