from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save
from django.urls import reverse


class LinkageConfig(AppConfig):
    name = "domain.linkage"
    label = "linkage"
    verbose_name = "情報照会"

    def ready(self) -> None:
        """Why a person is looked at; whose 団体内統合宛名番号 may be opened; a number of two people stops both until decided;
        answers are compared with what was corrected."""
        from accounts.permissions import Permission
        from audit.review.keeping.extracts import Extract, register_extract
        from domain.households import extras
        from domain.linkage import access_reasons, purposes
        from domain.linkage.approving import lets_ask
        from domain.linkage.rematching import match_households
        from domain.vault.lists import stand_in
        from domain.vault.models import NumberConflict, PersonNumber

        access_reasons.register()
        purposes.register()
        register_extract(
            "member",
            Extract(
                "情報提供等記録（番号法23条）",
                lambda member: reverse("linkage:disclosure", args=[int(member)]),
                Permission.VIEW_TARGETS,
                "教育委員会担当・個人番号取扱者・承認者が「情報提供等記録」の画面で印刷します。",
            ),
        )
        extras.register_compared(match_households)
        stand_in(PersonNumber.Field.UNIFIED, lets_ask)
        post_save.connect(_follow, sender=NumberConflict, dispatch_uid="linkage.conflicts")


def _follow(instance: Any, **_: Any) -> None:
    from domain.linkage.persons.planning import follow_conflicts

    follow_conflicts([instance.member_id, instance.other_id])
