from django.apps import AppConfig


class AtenaTrialsConfig(AppConfig):
    name = "domain.atena_trials"
    label = "atena_trials"
    verbose_name = "宛名接続の見本試験"
