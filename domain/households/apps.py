from django.apps import AppConfig


class HouseholdsConfig(AppConfig):
    name = "domain.households"
    label = "households"
    verbose_name = "世帯・児童生徒"
