from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "domain.payments"
    label = "payments"
    verbose_name = "支給"
