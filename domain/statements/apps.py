"""収入額・需要額調書: from intake to the determination of the 支弁区分 by two people."""

from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "domain.statements"
    label = "statements"
    verbose_name = "収入額・需要額調書"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from domain.households import extras
        from domain.statements import access_reasons, corrections, identities
        from domain.statements.effects import category_days, effects_from
        from domain.statements.links import household_links
        from domain.statements.models import Determination, MemberFacts, Statement
        from domain.statements.past import decided_from
        from domain.yearpacks.past import register_past

        for model in (Statement, MemberFacts, Determination):
            auditlog.register(model, exclude_fields=["created_at", "updated_at"])
        extras.register_household_links(household_links)
        extras.register_effects(effects_from)
        extras.register_category_days(category_days)
        extras.register_correcting(
            extras.Correcting(corrections.require_open, corrections.effects, corrections.unsettle)
        )
        register_past(decided_from)
        access_reasons.register()
        identities.register()
