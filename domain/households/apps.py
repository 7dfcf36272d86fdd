from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "domain.households"
    label = "households"
    verbose_name = "世帯・児童生徒"

    def ready(self) -> None:
        from accounts import schools
        from domain.households import access_reasons, canaries, history, identities, queries

        history.register_models()
        schools.register(queries.school_choices)
        identities.register()
        access_reasons.register()
        canaries.register()
