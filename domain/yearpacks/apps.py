from django.apps import AppConfig


class YearpacksConfig(AppConfig):
    name = "domain.yearpacks"
    label = "yearpacks"
    verbose_name = "年度定義"
