"""`manage.py rotate_keys`: the master key, or the keys of all scopes, without stopping anybody (docs/keys.md)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from audit.trail.actors import Actor, ActorKind, acting_as
from tenants.console import key_acts
from tenants.console.management.two_people import TwoPeopleCommand
from tenants.core.key_rotation import NotSettled
from tenants.core.provisioning import NotOwner

ACTS = {
    "master": (key_acts.change_master_key, "包み直した団体の鍵"),
    "scope": (key_acts.begin_scope_keys, "新しくした団体の鍵"),
}
END = "scope-end"


class Command(TwoPeopleCommand):
    help = "鍵を新しくします。SHOREI_DATABASE_LOGIN=owner で実行します。手順は docs/keys.md にあります。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "what",
            choices=sorted([*ACTS, END]),
            help="master: マスター鍵、scope: 団体の鍵、scope-end: 古い団体の鍵の破棄（運用者2人）",
        )
        parser.add_argument("first", nargs="?", default="", help="scope-end: 1人目の運用者の職員ID")
        parser.add_argument("second", nargs="?", default="", help="scope-end: 2人目の運用者の職員ID")

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            if options["what"] == END:
                self._end(options["first"], options["second"])
            else:
                act, words = ACTS[options["what"]]
                with acting_as(Actor(ActorKind.COMMAND, "rotate_keys", "鍵の更新コマンド", "")):
                    self.stdout.write(f"{words}: {act()}")
        except (NotOwner, NotSettled) as error:
            raise CommandError(str(error)) from error

    def _end(self, first: str, second: str) -> None:
        key_acts.require_settled()
        people = self.two_people(first, second)
        with acting_as(Actor(ActorKind.COMMAND, "rotate_keys", "・".join(people), "")):
            self.stdout.write(f"破棄した古い団体の鍵: {key_acts.end_scope_keys(people)}")
