from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "domain.vault"
    label = "vault"
    verbose_name = "番号保管"

    def ready(self) -> None:
        from domain.households import extras
        from domain.vault import deposit_keys, marks, purposes, sealing
        from tenants.core import keys

        keys.renewed_by_job.update({sealing.PURPOSE, sealing.TRANSIT, deposit_keys.PURPOSE})
        purposes.register()
        extras.register_member_marks(marks.number_marks)
        extras.register_household_links(marks.desk_link)
