from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "domain.payments"
    label = "payments"
    verbose_name = "支給"

    def ready(self) -> None:
        from domain.households.extras import register_household_links
        from domain.payments import history, links

        history.register_models()
        register_household_links(links.household_links)
