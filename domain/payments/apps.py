from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "domain.payments"
    label = "payments"
    verbose_name = "支給"

    def ready(self) -> None:
        from domain.payments import history

        history.register_models()
