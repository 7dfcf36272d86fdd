from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "domain.households"
    label = "households"
    verbose_name = "世帯・児童生徒"

    def ready(self) -> None:
        from accounts import schools
        from domain.households import access_reasons, canaries, history, homes, identities, own_work, queries

        history.register_models()
        schools.register(queries.school_choices)
        identities.register()
        homes.register()
        access_reasons.register()
        own_work.register()
        canaries.register()
