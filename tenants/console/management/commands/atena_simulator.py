"""`manage.py atena_simulator`: the other side of the link (統合宛名, 中間サーバー) for a demo. Development settings only.

It runs as a process of its own and ends with this command. The folder below `SHOREI_VAR` keeps its books over restarts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.demo import require_development
from accounts.errors import DevelopmentOnly
from integrations.atena_adapters.simulator.sample_people import write_sample
from integrations.sealed_file import make_key_file, read_key_file

STOP_SECONDS = 10


class Command(BaseCommand):
    help = "統合宛名シミュレーターを動かします（開発用の設定でだけ動きます）。終えるには Ctrl-C を押してください。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--preset", default="nara", help="構成の名前、または構成のファイル（JSON・TOML）")
        parser.add_argument("--port", type=int, default=0, help="接続を受けるポート（0なら空いているもの）")
        parser.add_argument("--page", type=int, default=0, help="画面のポート（0なら空いているもの）")
        parser.add_argument("--conduct", type=Path, help="振る舞いを書いたファイル（TOML・JSON）")
        parser.add_argument("--folder", type=Path, help="フォルダー連携のときの連携フォルダー")
        parser.add_argument("--population", type=Path, help="封をした住民のファイル（なければ見本の12人）")
        parser.add_argument("--key-file", type=Path, help="住民のファイルの鍵")
        parser.add_argument("--tenant", help="住民のファイルの団体コード")

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            require_development()
        except DevelopmentOnly as error:
            raise CommandError(str(error)) from error
        if bool(options["population"]) != bool(options["key_file"]):
            raise CommandError("住民のファイルと鍵は、両方を指定してください。")
        place = settings.VAR / "atena-simulator" / Path(options["preset"]).stem
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._run(command_line(place, options))

    def _run(self, words: list[str]) -> None:
        process = subprocess.Popen(words, cwd=settings.ROOT, stdout=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise CommandError("シミュレーターを始められませんでした。上の理由を確かめてください。")
            facts = json.loads(line)
            self.stdout.write(f"画面　http://127.0.0.1:{facts['control_port']}/")
            for name, title in (("port", "接続を受けるポート"), ("folder", "連携フォルダー"), ("host_key", "ホスト鍵")):
                if name in facts:
                    self.stdout.write(f"{title}　{facts[name]}")
            self.stdout.flush()
            process.wait()
        except KeyboardInterrupt:
            self.stdout.write("終わります。")
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def command_line(place: Path, options: dict[str, Any]) -> list[str]:
    """How the simulator's process is started."""
    words = [
        sys.executable, "-m", "integrations.atena_adapters.simulator", "--profile", str(options["preset"]), "--with-parent",
        "--control-port", str(options["page"]), "--state", str(place / "books"),
    ]  # fmt: skip
    words += ["--folder", str(options["folder"])] if options["folder"] else ["--http-port", str(options["port"])]
    if options["population"]:
        words += ["--population", str(options["population"]), "--key-file", str(options["key_file"])]
    else:
        words += _sample(place)
    if options["tenant"]:
        words += ["--tenant", options["tenant"]]
    return [*words, "--conduct", str(options["conduct"])] if options["conduct"] else words


def _sample(place: Path) -> list[str]:
    """Twelve fictitious people, sealed anew under a key that stays."""
    key_file, people = place / "key", place / "people.sealed"
    key = read_key_file(key_file) if key_file.exists() else make_key_file(key_file)
    people.unlink(missing_ok=True)
    write_sample(people, key)
    return ["--population", str(people), "--key-file", str(key_file)]
