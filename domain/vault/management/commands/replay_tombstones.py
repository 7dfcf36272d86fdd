"""`manage.py replay_tombstones`: the step of a restore after which no purged number is left. Run it before opening the pages."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from audit.trail.actors import Actor, ActorKind, acting_as
from domain.vault.services import replay_tombstones
from tenants.core.context import each_live_prefecture


class Command(BaseCommand):
    help = "復元のあとに、廃棄済みの番号をもう一度廃棄します（全団体）。画面を開く前に実行してください。"

    def handle(self, *arguments: Any, **options: Any) -> None:
        with acting_as(Actor(ActorKind.COMMAND, "replay_tombstones", "復元後の廃棄", "")):
            for prefecture in each_live_prefecture():
                self.stdout.write(f"{prefecture.code}  再廃棄 {replay_tombstones()}件")
