from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save


class LinkageConfig(AppConfig):
    name = "domain.linkage"
    label = "linkage"
    verbose_name = "情報照会"

    def ready(self) -> None:
        """Why a person is looked at; and a number of two people stops both at once, and lets both go on once decided."""
        from domain.linkage import access_reasons
        from domain.vault.models import NumberConflict

        access_reasons.register()
        post_save.connect(_follow, sender=NumberConflict, dispatch_uid="linkage.conflicts")


def _follow(instance: Any, **_: Any) -> None:
    from domain.linkage.persons.planning import follow_conflicts

    follow_conflicts([instance.member_id, instance.other_id])
