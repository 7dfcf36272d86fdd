from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "domain.vault"
    label = "vault"
    verbose_name = "番号保管"
