from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "domain.statements"
    label = "statements"
    verbose_name = "収入額・需要額調書"
