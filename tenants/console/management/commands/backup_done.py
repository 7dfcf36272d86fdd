"""`manage.py backup_done`: the site's backup script says that a backup is finished. The console shows how old the newest one is."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.trail.actors import Actor, ActorKind, acting_as
from tenants.console import backups
from tenants.core.context import console_context


class Command(BaseCommand):
    help = "両方のデータベース・ファイル・鍵のバックアップが終わったことを記録します。バックアップの手順の最後に実行します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--taken-at", help="どの時点のバックアップか（2026-11-22T03:10、日本時間）。省くと今")
        parser.add_argument("--prefecture", action="append", default=[], help="団体コード（何度でも）。省くと全団体")

    def handle(self, *arguments: Any, **options: Any) -> None:
        taken_at = _moment(options["taken_at"]) if options["taken_at"] else timezone.now()
        try:
            with console_context(), acting_as(Actor(ActorKind.COMMAND, "backup_done", "バックアップ", "")):
                count = backups.note(taken_at, options["prefecture"])
        except backups.BackupRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count}団体のバックアップを記録しました。")


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError("--taken-at は 2026-11-22T03:10 の形で指定してください。") from None
    return found if found.tzinfo else timezone.make_aware(found)
