from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "利用者"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import checks
        from accounts.hooks import on_factor_change
        from accounts.services import notices

        checks.register_all()
        on_factor_change(notices.factor_changed)
