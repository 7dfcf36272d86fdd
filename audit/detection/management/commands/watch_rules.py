"""`manage.py watch_rules`: writes the rules of the watch into docs/detection.md."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from audit.detection.documentation import PAGE, with_rules


class Command(BaseCommand):
    help = "見守りの規則を docs/detection.md に書き込みます。"

    def handle(self, *arguments: Any, **options: Any) -> None:
        PAGE.write_text(with_rules(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
        self.stdout.write(PAGE.name)
