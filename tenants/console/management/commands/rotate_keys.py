"""`manage.py rotate_keys`: the master key, or the keys of all scopes, without stopping anybody (docs/keys.md)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.trail.actors import Actor, ActorKind, acting_as
from tenants.console import key_acts
from tenants.core.key_rotation import NotSettled
from tenants.core.provisioning import NotOwner

ACTS = {
    "master": (key_acts.change_master_key, "包み直した団体の鍵"),
    "scope": (key_acts.begin_scope_keys, "新しくした団体の鍵"),
    "scope-end": (key_acts.end_scope_keys, "破棄した古い団体の鍵"),
}


class Command(BaseCommand):
    help = "鍵を新しくします。SHOREI_DATABASE_LOGIN=owner で実行します。手順は docs/keys.md にあります。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "what", choices=sorted(ACTS), help="master: マスター鍵、scope: 団体の鍵、scope-end: 古い団体の鍵の破棄"
        )

    def handle(self, *arguments: Any, **options: Any) -> None:
        act, words = ACTS[options["what"]]
        try:
            with acting_as(Actor(ActorKind.COMMAND, "rotate_keys", "鍵の更新コマンド", "")):
                count = act()
        except (NotOwner, NotSettled) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{words}: {count}")
