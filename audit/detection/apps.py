"""The watch: rules that look at log-ins and accesses."""

from django.apps import AppConfig


class DetectionConfig(AppConfig):
    name = "audit.detection"
    label = "detection"
    verbose_name = "検知"

    def ready(self) -> None:
        from accounts.hooks import on_factor_change, on_login, on_not_me, on_number_in_file, on_reveal, on_role_given
        from audit.detection import history, watch

        history.register_models()
        on_login(watch.login_seen)
        on_reveal(watch.reveal_seen)
        on_not_me(watch.not_me_seen)
        on_factor_change(watch.factor_change_seen)
        on_role_given(watch.role_given_seen)
        on_number_in_file(watch.number_in_file_seen)
