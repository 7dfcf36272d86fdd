"""`manage.py watch_score --events events.jsonl`: the hour model's judgement of a history of log-ins. Needs no database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.detection.hours.events import EventsUnreadable, read_events
from audit.detection.hours.scoring import score

LINES_AT_ONCE = 10_000


class Command(BaseCommand):
    help = "ログインの履歴（JSON Lines）を時間帯モデルだけで判定し、1件ごとに p 値と理由を1行で出します。"
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--events", required=True, help="履歴のファイル。- は標準入力")

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            with _opened(options["events"]) as lines:
                results = score(read_events(lines))
        except EventsUnreadable as error:
            raise CommandError(str(error)) from error
        while block := list(islice(results, LINES_AT_ONCE)):
            self.stdout.write("\n".join(block))


@contextmanager
def _opened(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdin
        return
    try:
        with Path(name).open(encoding="utf-8-sig") as lines:
            yield lines
    except OSError as error:
        raise CommandError(
            f"ファイル {name} を開けません（{error.strerror}）。名前と場所を確かめてください。"
        ) from error
    except UnicodeDecodeError as error:
        raise CommandError(f"ファイル {name} はUTF-8ではありません。UTF-8で保存し直してください。") from error
