"""年度定義: a board's own revisions of a year pack, and which of them is in force."""

from django.apps import AppConfig


class YearpacksConfig(AppConfig):
    name = "domain.yearpacks"
    label = "yearpacks"
    verbose_name = "年度定義"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from domain.linkage.yearpack import register_packs
        from domain.yearpacks.forcing import pack_on
        from domain.yearpacks.models import InForce, Revision

        register_packs(pack_on)
        # What a change of the content was about stands in its event; the rows themselves are in the content of each revision.
        auditlog.register(Revision, exclude_fields=["content", "created_at", "updated_at"])
        auditlog.register(InForce, exclude_fields=["proposed_at", "approved_at"])
