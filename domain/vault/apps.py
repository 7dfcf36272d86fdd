from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "domain.vault"
    label = "vault"
    verbose_name = "番号保管"

    def ready(self) -> None:
        from domain.households import extras
        from domain.vault import marks

        extras.register_member_marks(marks.number_marks)
        extras.register_household_links(marks.desk_link)
