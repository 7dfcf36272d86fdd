"""`manage.py console_trail`: the platform's own trail as a file, for a prefecture that checks it against the heads it holds."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.trail.actors import Actor, ActorKind, acting_as
from audit.trail.leaving import taken
from audit.trail.recorder import TrailUnavailable, record_access
from audit.trail.sealing.export import export_lines, newest_head, public_keys
from audit.trail.vocabulary import Event
from tenants.core.context import console_context


class Command(BaseCommand):
    help = (
        "基盤（運用者の操作）の記録をすべて書き出します。団体は、受け取っていた署名と検証プログラムで確かめられます。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("export", type=Path, help="書き出すファイル（.jsonl）。まだないもの")

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            with console_context(), acting_as(Actor(ActorKind.COMMAND, "console_trail", "基盤の記録の書出し", "")):
                self._write(options["export"])
        except TrailUnavailable as error:
            raise CommandError("アクセス記録のデータベースに届きません。書き出していません。") from error
        except OSError as error:
            raise CommandError(f"ファイルに書けません（{error.strerror}）。") from error

    def _write(self, path: Path) -> None:
        newest = newest_head()
        count = newest.first_seq + newest.events - 1 if newest else 0
        record_access(Event.EXPORT_TRAIL_MADE, detail={"形式": "sealed", **taken(count)})
        # What operators did names people: for the one who was asked for it alone.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            try:
                file.writelines(export_lines())
            except BaseException:
                path.unlink()
                raise
        self.stdout.write("公開鍵:\n" + "\n".join(public_keys()))
