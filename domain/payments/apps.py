from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "domain.payments"
    label = "payments"
    verbose_name = "支給"

    def ready(self) -> None:
        from domain.households.extras import register_effects, register_household_links
        from domain.linkage.providing.sources import register_source
        from domain.payments import access_reasons, effects, history, identities, links
        from domain.payments.past import decided_from
        from domain.payments.provided import paid_from
        from domain.yearpacks.past import register_past

        history.register_models()
        register_household_links(links.household_links)
        register_effects(effects.effects_from)
        register_past(decided_from)
        register_source(paid_from)
        access_reasons.register()
        identities.register()
